package ai.hartonomous.platform.money.payout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.money.Ledger;
import ai.hartonomous.platform.money.Ledger.Transfer;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.ProblemException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;

class PayoutIT {

  private static final TestServer SERVER = TestServer.shared();
  private static final String IBAN = "PL61109010140000071219812874";

  private final String mark = "pay-" + UUID.randomUUID().toString().substring(0, 8);
  private final String ann = mark + "-ann";
  private final Ledger ledger = SERVER.bean(Ledger.class);

  private static LocalDate today() {
    return LocalDate.now(ZoneOffset.UTC);
  }

  private static Answer admin(String method, String path, String body) throws Exception {
    return SERVER.send(
        SERVER
            .request(path)
            .method(method, BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + SERVER.adminToken("boss"))
            .header("Content-Type", "application/json"));
  }

  private static Answer put(String owner, String account) throws Exception {
    return SERVER.send(
        owner, "PUT", "/v1/payout-account", BodyPublishers.ofString(account), "application/json");
  }

  private static void register(String owner) throws Exception {
    Answer set = put(owner, "{\"name\":\"Zoë Łąka-Straße\",\"iban\":\"%s\"}".formatted(IBAN));
    assertThat(set.status()).as(set.body()).isEqualTo(200);
  }

  private void earn(String owner, String amount, String currency) {
    var transfer = new Transfer("commission", "payable:" + owner, new BigDecimal(amount));
    assertThat(ledger.book("test:" + UUID.randomUUID(), owner, currency, List.of(transfer)))
        .isTrue();
  }

  private static Answer order(String key, String currency, LocalDate until) throws Exception {
    return admin(
        "POST",
        "/v1/admin/payouts",
        "{\"until\":\"%s\",\"currency\":\"%s\",\"key\":\"%s\"}".formatted(until, currency, key));
  }

  private static JsonNode make(String key, String currency) throws Exception {
    Answer made = order(key, currency, today());
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.json();
  }

  /// {@return what an owner gets in a batch; nothing if they are not in it}
  private static List<JsonNode> of(JsonNode batch, String owner) {
    return batch
        .get("payouts")
        .valueStream()
        .filter(it -> it.get("owner").asString().equals(owner))
        .toList();
  }

  private static String path(JsonNode batch) {
    return "/v1/admin/payouts/" + batch.get("id").asString();
  }

  private static JsonNode fail(JsonNode batch, JsonNode payout, String reason) throws Exception {
    String body =
        "{\"payout\":\"%s\",\"reason\":\"%s\"}".formatted(payout.get("id").asString(), reason);
    Answer failed = admin("POST", path(batch) + "/failures", body);
    assertThat(failed.status()).as(failed.body()).isEqualTo(200);
    return failed.json();
  }

  private void balance(String account, String amount) {
    assertThat(ledger.balance(account)).as(account).isEqualByComparingTo(amount);
  }

  private void checkZero() {
    assertThat(ledger.balances().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add))
        .isEqualByComparingTo("0");
  }

  @Test
  void paysEachOwnerOnceWhatTheyHave() throws Exception {
    String few = mark + "-few";
    String unknown = mark + "-unknown";
    register(ann);
    register(few);
    earn(ann, "12.34", "SEK");
    earn(ann, "7.66", "SEK");
    earn(few, "9.99", "SEK"); // below the minimum
    earn(unknown, "500", "SEK"); // has named no account

    JsonNode batch = make(mark, "SEK");
    JsonNode again = make(mark, "SEK");

    assertThat(again).isEqualTo(batch);
    assertThat(of(batch, ann))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.get("amount").asString()).isEqualTo("20.00");
              assertThat(it.get("state").asString()).isEqualTo("pending");
            });
    assertThat(of(batch, few)).isEmpty();
    assertThat(of(batch, unknown)).isEmpty();
    balance("payable:" + ann, "0");
    balance("payable:" + few, "9.99");
    balance("payable:" + unknown, "500");
    assertThat(order(mark, "SEK", today().minusDays(1)).status()).isEqualTo(409);
    checkZero();
  }

  @Test
  void settlesABatchOnceAndTakesBackWhatTheBankReturns() throws Exception {
    register(ann);
    earn(ann, "30", "SEK");
    JsonNode batch = make(mark, "SEK");
    BigDecimal cash = ledger.balance("cash");

    admin("POST", path(batch) + "/settlement", "");
    JsonNode settled = admin("POST", path(batch) + "/settlement", "").json();
    assertThat(of(settled, ann).getFirst().get("state").asString()).isEqualTo("paid");
    assertThat(ledger.balance("cash").subtract(cash))
        .isEqualByComparingTo(settled.get("total").asString());

    JsonNode payout = of(batch, ann).getFirst();
    fail(batch, payout, "AC04 closed account");
    JsonNode failed = fail(batch, payout, "again");

    assertThat(of(failed, ann).getFirst().get("reason").asString())
        .isEqualTo("AC04 closed account");
    balance("payable:" + ann, "30");
    assertThat(of(make(mark + "-2", "SEK"), ann)).hasSize(1);
    balance("payable:" + ann, "0");
    checkZero();
  }

  @Test
  void paysNothingThatWasBookedLaterOrThatDoesNotExist() throws Exception {
    register(ann);
    earn(ann, "50", "NOK");

    assertThat(order(mark, "NOK", today().minusDays(1)).status()).isEqualTo(422);
    assertThat(order(mark, "NOK", today().plusDays(1)).status()).isEqualTo(400);
    assertThat(order(mark, "QQQ", today()).status()).isEqualTo(400);
    balance("payable:" + ann, "50");
    assertThat(of(make(mark, "NOK"), ann)).hasSize(1); // the key was not taken by what failed
  }

  @Test
  void aSecondBatchOfAPeriodPaysWhatIsLeftOfItAndNotWhatWasEarnedLater() throws Exception {
    LocalDate yesterday = today().minusDays(1);
    register(ann);
    earn(ann, "30", "MXN");
    SERVER
        .bean(JdbcClient.class)
        .sql("update ledger_transfer set created = ? where target = ?")
        .params(yesterday.atStartOfDay().atOffset(ZoneOffset.UTC), "payable:" + ann)
        .update();
    JsonNode first = order(mark, "MXN", yesterday).json();
    earn(ann, "50", "MXN");

    assertThat(of(first, ann).getFirst().get("amount").asString()).isEqualTo("30.00");
    assertThat(order(mark + "-2", "MXN", yesterday).status()).isEqualTo(422);
    fail(first, of(first, ann).getFirst(), "returned");
    JsonNode again = order(mark + "-3", "MXN", yesterday).json();
    assertThat(of(again, ann).getFirst().get("amount").asString()).isEqualTo("30.00");
    balance("payable:" + ann, "50");
  }

  @Test
  void batchesThatAreMadeAtOncePayNobodyTwice() throws Exception {
    for (int i = 0; i < 5; i++) {
      register(mark + i);
      earn(mark + i, "100.01", "DKK");
    }
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      String key = mark + "-" + i / 2; // each key twice
      calls.add(() -> order(key, "DKK", today()));
    }
    List<String> ids = new ArrayList<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> call : executor.invokeAll(calls)) {
        assertThat(call.get().status()).as(call.get().body()).isIn(201, 422);
        if (call.get().status() == 201) {
          call.get().json().get("payouts").forEach(it -> ids.add(it.get("id").asString()));
        }
      }
    }

    assertThat(ids.stream().distinct()).hasSize(5);
    for (int i = 0; i < 5; i++) {
      balance("payable:" + mark + i, "0");
    }
    checkZero();
  }

  @Test
  void theSepaFileHasTheStructureAndTheFiguresOfTheBatch() throws Exception {
    register(ann);
    earn(ann, "1234.50", "EUR");
    JsonNode batch = make(mark, "EUR");

    Answer file = admin("GET", path(batch) + "/sepa", "");

    assertThat(file.status()).as(file.body()).isEqualTo(200);
    assertThat(file.header("Content-Type")).startsWith("application/xml");
    SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
        .newSchema(PayoutIT.class.getResource("/money/pain001.xsd"))
        .newValidator()
        .validate(new StreamSource(new StringReader(file.body())));
    var parser = DocumentBuilderFactory.newInstance();
    parser.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    Document xml =
        parser.newDocumentBuilder().parse(new InputSource(new StringReader(file.body())));
    assertThat(texts(xml, "CtrlSum")).containsOnly(batch.get("total").asString());
    assertThat(texts(xml, "NbOfTxs")).containsOnly(Integer.toString(batch.get("payouts").size()));
    BigDecimal sum =
        texts(xml, "InstdAmt").stream()
            .map(BigDecimal::new)
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(sum).isEqualByComparingTo(batch.get("total").asString());
    assertThat(texts(xml, "IBAN")).contains("DE89370400440532013000", IBAN);
    assertThat(texts(xml, "Nm")).contains("Zazolc . Sohne", "Zoe Laka-Strasse");
    assertThat(texts(xml, "EndToEndId"))
        .contains(of(batch, ann).getFirst().get("id").asString().replace("-", ""));
    assertThat(admin("GET", path(batch) + "/sepa", "").body()).isEqualTo(file.body());
  }

  private static List<String> texts(Document xml, String name) {
    NodeList nodes = xml.getElementsByTagName(name);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }

  @Test
  void theCsvFileHasTheFiguresOfTheBatch() throws Exception {
    register(ann);
    earn(ann, "10", "CHF");
    String bob = mark + "-bob";
    put(bob, "{\"name\":\"A, \\\"B\\\"\",\"iban\":\"%s\"}".formatted(IBAN));
    earn(bob, "11", "CHF");
    JsonNode batch = make(mark, "CHF");

    String csv = admin("GET", path(batch) + "/csv", "").body();

    assertThat(csv.lines().toList())
        .contains("batch,reference,owner,name,iban,bic,destination,amount,currency,state")
        .anyMatch(it -> it.contains(bob + ",\"A, \"\"B\"\"\"," + IBAN + ",,,11.00"))
        .anyMatch(it -> it.contains(ann + ",\"Zoë Łąka-Straße\"," + IBAN + ",,,10.00,CHF,pending"));
    assertThat(admin("GET", path(batch) + "/sepa", "").status()).isEqualTo(422);
  }

  @Test
  void ownersSeeTheirOwnAndNobodySeesTheNumber() throws Exception {
    register(ann);
    earn(ann, "70", "SEK");
    make(mark, "SEK");

    String account = SERVER.get(ann, "/v1/payout-account").body();
    JsonNode payouts = SERVER.get(ann, "/v1/payouts").json().get("items");

    assertThat(account).contains("PL**2874").doesNotContain(IBAN);
    assertThat(payouts).singleElement().asString().contains("70.00").doesNotContain(IBAN);
    assertThat(SERVER.get(mark + "-eve", "/v1/payouts").json().get("items")).isEmpty();
    assertThat(SERVER.get(ann, "/v1/admin/payouts").status()).isEqualTo(403);
    assertThat(put(ann, "{\"name\":\"A\",\"iban\":\"PL61109010140000071219812875\"}").status())
        .isEqualTo(400);
    assertThat(put(ann, "{\"iban\":\"" + IBAN + "\"}").status()).isEqualTo(400);
    var resource = SERVER.bean(PayoutResource.class);
    var claim = new PayoutResource.NewAccount(null, null, null, "acct_1");
    Tenant.as(
        "unclaimed:model",
        () -> assertThatThrownBy(() -> resource.set(claim)).isInstanceOf(ProblemException.class));
    assertThat(Files.readString(SERVER.data().resolve("logs").resolve("server.log")))
        .doesNotContain(IBAN, IBAN.substring(4));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void whateverHappensNothingIsLost(long seed) throws Exception {
    var random = new SplittableRandom(seed);
    String currency = List.of("CZK", "HUF", "RON").get((int) seed - 1);
    List<String> owners = List.of(mark + "-a", mark + "-b", mark + "-c");
    var earned = new BigDecimal[] {BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO};
    for (String owner : owners) {
      register(owner);
    }
    List<JsonNode> batches = new ArrayList<>();
    for (int step = 0; step < 25; step++) {
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          int owner = random.nextInt(3);
          earned[owner] = earned[owner].add(earnSome(owners.get(owner), currency, random));
        }
        case 2 -> {
          Answer made = order(mark + "-" + step, currency, today());
          if (made.status() == 201) {
            batches.add(made.json());
            assertThat(make(mark + "-" + step, currency)).isEqualTo(made.json());
          }
        }
        default -> change(batches, random);
      }
    }

    for (int i = 0; i < 3; i++) {
      BigDecimal out = BigDecimal.ZERO;
      for (JsonNode batch : batches) {
        for (JsonNode payout : of(admin("GET", path(batch), "").json(), owners.get(i))) {
          boolean back = payout.get("state").asString().equals("failed");
          out = out.add(back ? BigDecimal.ZERO : new BigDecimal(payout.get("amount").asString()));
        }
      }
      assertThat(ledger.balance("payable:" + owners.get(i)).add(out))
          .isEqualByComparingTo(earned[i]);
    }
    checkZero();
  }

  private BigDecimal earnSome(String owner, String currency, SplittableRandom random) {
    BigDecimal amount = BigDecimal.valueOf(1 + random.nextInt(3_000), 2);
    earn(owner, amount.toPlainString(), currency);
    return amount;
  }

  private static void change(List<JsonNode> batches, SplittableRandom random) throws Exception {
    if (batches.isEmpty()) {
      return;
    }
    JsonNode batch = batches.get(random.nextInt(batches.size()));
    if (random.nextBoolean()) {
      admin("POST", path(batch) + "/settlement", "");
      return;
    }
    JsonNode payout = batch.get("payouts").get(random.nextInt(batch.get("payouts").size()));
    JsonNode once = fail(batch, payout, "chance");
    assertThat(fail(batch, payout, "chance")).isEqualTo(once);
  }
}
