package ai.hartonomous.platform.metering;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.money.Ledger;
import ai.hartonomous.platform.tenant.Columns;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class MeteringIT {

  private static final TestServer SERVER = TestServer.shared();

  private final String user = "meter-" + UUID.randomUUID().toString().substring(0, 8);

  private void deploy() throws Exception {
    UUID agent = AgentFixture.store(SERVER, user, "letters", "{{ messages[-1]['content'] }}");
    assertThat(SERVER.post(user, "/v1/agents/" + agent + "/deployments", "").status())
        .isEqualTo(201);
  }

  private Answer ask(String key, String more) throws Exception {
    return post(key, "\"prompt\":\"a b c\",\"temperature\":0,\"max_tokens\":5" + more);
  }

  private Answer post(String key, String rest) throws Exception {
    String body = "{\"model\":\"letters\",%s}".formatted(rest);
    return SERVER.send(
        SERVER
            .request("/openai/v1/completions")
            .method("POST", BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + SERVER.token(user))
            .header("Idempotency-Key", key)
            .header("Content-Type", "application/json"));
  }

  private void budget(String scope, String measure, String most) throws Exception {
    String body =
        "{\"scope\":\"%s\",\"measure\":\"%s\",\"period\":\"total\",\"most\":%s}"
            .formatted(scope, measure, most);
    Answer set =
        SERVER.send(user, "PUT", "/v1/budgets", BodyPublishers.ofString(body), "application/json");
    assertThat(set.status()).as(set.body()).isEqualTo(200);
  }

  private JsonNode budget() throws Exception {
    return SERVER.get(user, "/v1/budgets").json().at("/items/0");
  }

  private List<JsonNode> events() throws Exception {
    return SERVER.get(user, "/v1/usage?limit=500").json().get("items").valueStream().toList();
  }

  @Test
  void neverSpendsMoreThanTheBudgetHoweverManyAsk() throws Exception {
    deploy();
    budget("user", "requests", "24");
    var calls = new ArrayList<Callable<Integer>>();
    for (int i = 0; i < 40; i++) {
      String key = "call-" + i;
      calls.add(() -> ask(key, "").status());
    }
    List<Integer> statuses = new ArrayList<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> status : executor.invokeAll(calls)) {
        statuses.add(status.get());
      }
    }

    assertThat(statuses).filteredOn(it -> it == 200).hasSize(24);
    assertThat(statuses).filteredOn(it -> it == 402).hasSize(16);
    assertThat(budget().get("spent").asString()).isEqualTo("24");
    assertThat(budget().get("reserved").asString()).isEqualTo("0");
    assertThat(events())
        .extracting(it -> it.at("/data/number").asInt())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 24).boxed().toList());
  }

  @Test
  void chargesAKeyOnceAndAnswersAgain() throws Exception {
    deploy();
    budget("user", "tokens", "1000");

    Answer first = ask("once", "");
    Answer again = ask("once", "");

    assertThat(first.status()).as(first.body()).isEqualTo(200);
    assertThat(again.status()).as(again.body()).isEqualTo(200);
    assertThat(again.json().at("/choices/0/text")).isEqualTo(first.json().at("/choices/0/text"));
    assertThat(events()).hasSize(1);
    assertThat(budget().get("spent").asString()).isEqualTo("8");
    assertThat(ask("once", ",\"n\":2").status()).isEqualTo(422);
    assertThat(ask("once", "").status()).isEqualTo(200);
    assertThat(ask("once", "").status()).isEqualTo(409);
    assertThat(events()).hasSize(1);
  }

  @Test
  void aKeyBelongsToOneRequestAndOneAnswer() throws Exception {
    deploy();
    String hot = "\"prompt\":\"a b c\",\"max_tokens\":40,\"temperature\":";

    String text = text(post("hot", hot + 2));

    assertThat(text(post("hot", hot + 2))).isEqualTo(text);
    assertThat(text(post("cold", hot + 2))).isNotEqualTo(text);
    for (String other : List.of("1.9", "2,\"seed\":1", "2,\"stop\":\"q\"", "2,\"logprobs\":1")) {
      assertThat(post("hot", hot + other).status()).as(other).isEqualTo(422);
    }
    Answer streamed = post("hot", hot + "2,\"stream\":true");
    assertThat(
            streamed
                .body()
                .lines()
                .filter(it -> it.startsWith("data: {"))
                .map(it -> TestServer.parse(it.substring(6)).at("/choices/0/text").asString())
                .collect(Collectors.joining()))
        .isEqualTo(text);
    assertThat(events()).hasSize(2);
  }

  private static String text(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().at("/choices/0/text").asString();
  }

  @Test
  void forgetsCallsThatEndedLongAgoButChargesNoneAgain() throws Exception {
    deploy();
    budget("user", "requests", "9");
    assertThat(ask("old", "").status()).isEqualTo(200);
    assertThat(count("usage_hold")).isZero();
    assertThat(count("usage_call")).isEqualTo(1);

    SERVER.bean(CallRetention.class).forget(Instant.now().plus(Duration.ofDays(2)));

    assertThat(count("usage_call")).isZero();
    assertThat(ask("old", "").status()).isEqualTo(409);
    assertThat(ask("new", "").status()).isEqualTo(200);
    assertThat(events()).hasSize(2);
    assertThat(budget().get("reserved").asString()).isEqualTo("0");
  }

  private long count(String table) {
    return SERVER
        .bean(JdbcClient.class)
        .sql("select count(*) from " + table + " where user_id = ?")
        .param(user)
        .query(Long.class)
        .single();
  }

  private void subscribe(String zone, String terms) throws Exception {
    Answer plan =
        admin(
            "POST",
            "plans",
            """
            {"code":"%s","name":"Test","currency":"EUR",
             "charges":[{"item":"output","model":"unit","amount":"0.1"}]}"""
                .formatted(user));
    assertThat(plan.status()).as(plan.body()).isEqualTo(201);
    Answer set =
        admin(
            "PUT",
            "billing?user=" + user,
            """
            {"currency":"EUR","zone":"%s","terms":"%s","plan":"%s","version":1}"""
                .formatted(zone, terms, user));
    assertThat(set.status()).as(set.body()).isEqualTo(200);
  }

  private static Answer admin(String method, String path, String body) throws Exception {
    return SERVER.send(
        SERVER
            .request("/v1/admin/" + path)
            .method(method, BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + SERVER.adminToken("boss"))
            .header("Content-Type", "application/json"));
  }

  @Test
  void aDayIsThatOfTheTenantsCalendar() throws Exception {
    subscribe("Pacific/Kiritimati", "postpaid"); // 14 hours before UTC
    SERVER
        .bean(JdbcClient.class)
        .sql("update billing_account set created = ? where tenant = ?")
        .params(Columns.time(Instant.now().minus(Duration.ofDays(2))), user)
        .update();
    deploy();
    String body = "{\"scope\":\"user\",\"measure\":\"requests\",\"period\":\"day\",\"most\":9}";
    SERVER.send(user, "PUT", "/v1/budgets", BodyPublishers.ofString(body), "application/json");
    var zone = ZoneId.of("Pacific/Kiritimati");
    Instant before = LocalDate.now(zone).atStartOfDay(zone).toInstant();

    assertThat(ask("a", "").status()).isEqualTo(200);

    Instant begins =
        SERVER
            .bean(JdbcClient.class)
            .sql("select begins from budget_use where user_id = ?")
            .param(user)
            .query((row, _) -> Columns.moment(row, "begins"))
            .single();
    assertThat(begins).isIn(before, LocalDate.now(zone).atStartOfDay(zone).toInstant());
    assertThat(budget().get("spent").asString()).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({
    "month, Pacific/Kiritimati",
    "month, Etc/GMT+12",
    "day, Pacific/Kiritimati",
    "day, Etc/GMT+12"
  })
  void aFirstZoneIsNoNewBudget(String period, String zone) throws Exception {
    deploy();
    String body =
        "{\"scope\":\"user\",\"measure\":\"requests\",\"period\":\"%s\",\"most\":1}"
            .formatted(period);
    SERVER.send(user, "PUT", "/v1/budgets", BodyPublishers.ofString(body), "application/json");
    assertThat(ask("a", "").status()).isEqualTo(200);
    assertThat(ask("b", "").status()).isEqualTo(402);

    subscribe(zone, "postpaid");

    assertThat(ask("c", "").status()).isEqualTo(402);
    assertThat(budget().get("spent").asString()).isEqualTo("1");
  }

  @Test
  void whoPaysSeesEveryCallThatTheyPayFor() throws Exception {
    String payer = user + "-payer";
    assertThat(admin("PUT", "members?user=%s&tenant=%s".formatted(user, payer), "").status())
        .isEqualTo(204);
    deploy();
    assertThat(ask("one", "").status()).isEqualTo(200);
    assertThat(ask("two", "").status()).isEqualTo(200);

    JsonNode log = SERVER.get(payer, "/v1/usage?of=tenant&limit=1").json();
    String rest = "/v1/usage?of=tenant&cursor=" + log.get("next").asString();

    assertThat(log.at("/items/0")).isEqualTo(events().getFirst());
    assertThat(log.at("/items/0/subject").asString()).isEqualTo(user);
    assertThat(SERVER.get(payer, rest).json().at("/items/0")).isEqualTo(events().getLast());
    assertThat(admin("GET", "usage?user=" + payer, "").json().get("items")).hasSize(2);
    assertThat(SERVER.get(payer, "/v1/usage").json().get("items")).isEmpty();
    assertThat(SERVER.get(user, "/v1/usage?of=tenant").json().get("items")).isEmpty();
    assertThat(SERVER.get(payer, "/v1/admin/usage?user=" + user).status()).isEqualTo(403);
    assertThat(SERVER.get(payer, "/v1/usage?of=all").status()).isEqualTo(400);
  }

  @Test
  void refusesWhatMightGoBeyondTheBudgetAndChargesWhatWasTaken() throws Exception {
    deploy();
    budget("user", "tokens", "12");

    assertThat(ask("a", "").status()).isEqualTo(200); // reserves 8, takes 8
    assertThat(ask("b", "").status()).isEqualTo(402); // 4 are left
    assertThat(budget().get("spent").asString()).isEqualTo("8");
    assertThat(budget().get("reserved").asString()).isEqualTo("0");
  }

  @Test
  void receiptsOfAnswersAndStreamsVerifyAndAgreeWithTheLog() throws Exception {
    deploy();
    Answer whole = ask("whole", "");
    Answer stream = ask("stream", ",\"stream\":true");

    String last = stream.body().lines().filter(it -> it.contains("receipt")).findFirst().orElse("");
    String streamed =
        TestServer.parse(last.substring("data: ".length())).at("/hartonomous/receipt").asString();
    JsonNode claims = verified(whole.header("Hartonomous-Receipt"));
    JsonNode streamedClaims = verified(streamed);

    assertThat(claims.get("input_tokens").asInt()).isEqualTo(3);
    assertThat(claims.get("output_tokens").asInt()).isEqualTo(5);
    assertThat(streamedClaims.get("output_tokens").asInt()).isEqualTo(5);
    assertThat(events())
        .extracting(it -> it.get("id").asString())
        .containsExactly(claims.get("jti").asString(), streamedClaims.get("jti").asString());
    JsonNode event = events().getFirst();
    assertThat(event.get("specversion").asString()).isEqualTo("1.0");
    assertThat(event.get("subject").asString()).isEqualTo(user);
    assertThat(event.at("/data/inputTokens").asInt()).isEqualTo(3);
  }

  private static JsonNode verified(String receipt) throws Exception {
    JWKSet keys = JWKSet.parse(SERVER.send(SERVER.request("/.well-known/receipts.json")).body());
    SignedJWT jws = SignedJWT.parse(receipt);
    ECKey key = keys.getKeyByKeyId(jws.getHeader().getKeyID()).toECKey();
    assertThat(key.isPrivate()).isFalse();
    assertThat(jws.verify(new ECDSAVerifier(key))).isTrue();
    assertThat(jws.getHeader().getType()).hasToString("usage-receipt+jwt");
    return TestServer.parse(jws.getPayload().toString());
  }

  @Test
  void aReceiptOpensNothing() throws Exception {
    deploy();
    String receipt = ask("x", "").header("Hartonomous-Receipt");

    assertThat(
            SERVER
                .send(SERVER.request("/v1/usage").header("Authorization", "Bearer " + receipt))
                .status())
        .isEqualTo(401);
  }

  private CallRows.Stored call(String key) {
    return new CallRows.Stored(
        Columns.id(),
        user,
        user,
        key,
        "h",
        new UsageEvent.Agent(UUID.randomUUID(), "letters"),
        "",
        CallRows.State.HELD,
        Instant.now().plusSeconds(1),
        Instant.now());
  }

  @Test
  void aCallThatComesBackAfterItsLeaseIsPaidByTheWalletOrGivenAway() throws Exception {
    subscribe("UTC", "prepaid");
    admin("POST", "payments?user=" + user, "{\"payment\":\"bank-1\",\"amount\":\"0.75\"}");
    var reservations = SERVER.bean(Reservations.class);
    var use = new Use(1, 0, 5, 1, 0);
    List<CallRows.Stored> lost = List.of(call("first"), call("second"));
    for (CallRows.Stored call : lost) {
      reservations.hold(call, "a slow node", use);
      assertThat(reservations.reconcile(call, Instant.now().plusSeconds(9))).isTrue();
    }

    assertThat(reservations.settle(lost.getFirst(), use, UsageEvent.Outcome.ANSWERED)).isPresent();
    assertThat(reservations.settle(lost.getLast(), use, UsageEvent.Outcome.ANSWERED)).isEmpty();

    JsonNode wallet = SERVER.get(user, "/v1/wallet").json();
    assertThat(new BigDecimal(wallet.get("balance").asString())).isEqualByComparingTo("0.25");
    assertThat(wallet.get("held").asString()).isEqualTo("0");
    assertThat(SERVER.bean(Ledger.class).balance("sales:" + user)).isEqualByComparingTo("0.5");
    assertThat(events()).hasSize(1);
  }

  @Test
  void givesBackWhatASilentNodeHolds() throws Exception {
    deploy();
    budget("user", "requests", "1");
    SERVER.bean(Reservations.class).hold(call("k"), "a dead node", new Use(1, 0, 1, 1, 0));
    assertThat(ask("a", "").status()).isEqualTo(402);

    Instant deadline = Instant.now().plusSeconds(20);
    while (!budget().get("reserved").asString().equals("0")) {
      assertThat(Instant.now()).isBefore(deadline);
      SERVER.bean(Leases.class).look();
    }

    assertThat(ask("a", "").status()).isEqualTo(200);
    assertThat(events()).hasSize(1);
    assertThat(budget().get("reserved").asString()).isEqualTo("0");
  }
}
