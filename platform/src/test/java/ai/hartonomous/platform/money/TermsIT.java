package ai.hartonomous.platform.money;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.metering.UsageEvent;
import ai.hartonomous.platform.metering.UsageLog;
import ai.hartonomous.platform.metering.Use;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Months that are paid before, and after. Each call is of five tokens, 0.0333 EUR each.
class TermsIT {

  private static final TestServer SERVER = TestServer.shared();

  private final YearMonth present = YearMonth.now(ZoneOffset.UTC);
  private final String tenant = "terms-" + UUID.randomUUID().toString().substring(0, 8);

  @BeforeEach
  void deploy() throws Exception {
    UUID agent = AgentFixture.store(SERVER, tenant, "letters", null);
    SERVER.post(tenant, "/v1/agents/" + agent + "/deployments", "");
    Answer plan =
        admin(
            "POST",
            "plans",
            """
            {"code":"%s","name":"Test","currency":"EUR",
             "charges":[{"item":"output","model":"unit","amount":"0.0333"}]}\
            """
                .formatted(tenant));
    assertThat(plan.status()).as(plan.body()).isEqualTo(201);
  }

  private static Answer admin(String method, String path, String body) throws Exception {
    return SERVER.send(
        SERVER
            .request("/v1/admin/" + path)
            .method(method, BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + SERVER.adminToken("boss"))
            .header("Content-Type", "application/json"));
  }

  private Answer agree(String terms) throws Exception {
    return admin(
        "PUT",
        "billing?user=" + tenant,
        """
        {"currency":"EUR","terms":"%s","plan":"%s","version":1}\
        """
            .formatted(terms, tenant));
  }

  private void payIn() throws Exception {
    String payment = "{\"payment\":\"bank-1\",\"amount\":\"2\"}";
    assertThat(admin("POST", "payments?user=" + tenant, payment).status()).isEqualTo(200);
  }

  private int ask() throws Exception {
    return SERVER
        .post(
            tenant,
            "/openai/v1/completions",
            """
            {"model":"letters","prompt":"a b c","max_tokens":5,"temperature":0}\
            """)
        .status();
  }

  private JsonNode invoices() throws Exception {
    return SERVER.get(tenant, "/v1/invoices").json().get("items");
  }

  private static void checkInvoice(JsonNode invoice, String kind, String total) {
    assertThat(invoice.get("kind").asString()).isEqualTo(kind);
    assertThat(invoice.get("total").asString()).isEqualTo(total);
  }

  private void checkLedger(String wallet, String owed) {
    assertThat(EarlyBill.balance(SERVER, "wallet:" + tenant)).isEqualByComparingTo(wallet);
    assertThat(EarlyBill.balance(SERVER, "owed:" + tenant)).isEqualByComparingTo(owed);
    assertThat(EarlyBill.balance(SERVER, "sales:" + tenant)).isEqualByComparingTo("0");
    assertThat(EarlyBill.total(SERVER)).isEqualByComparingTo("0");
  }

  @Test
  void whoNoLongerPaysBeforeIsNotInvoicedWhatTheWalletPaid() throws Exception {
    assertThat(agree("prepaid").status()).isEqualTo(200);
    payIn();
    assertThat(ask()).isEqualTo(200);

    assertThat(agree("postpaid").json().get("from").asString())
        .startsWith(present.plusMonths(1) + "-01T");
    assertThat(ask()).isEqualTo(200); // of the month that the wallet pays
    EarlyBill.bill(SERVER, tenant, present);
    assertThat(ask()).isEqualTo(200); // of the next one
    EarlyBill.bill(SERVER, tenant, present.plusMonths(1));

    assertThat(invoices()).hasSize(2);
    checkInvoice(invoices().get(0), "statement", "0.33");
    checkInvoice(invoices().get(1), "invoice", "0.17");
    checkLedger("1.667", "-0.17");
  }

  @Test
  void whoBeginsToPayBeforeOwesTheMonthThatRuns() throws Exception {
    assertThat(agree("postpaid").status()).isEqualTo(200);
    assertThat(ask()).isEqualTo(200);

    assertThat(agree("prepaid").status()).isEqualTo(200);
    assertThat(ask()).isEqualTo(200); // without a wallet
    EarlyBill.bill(SERVER, tenant, present);

    assertThat(invoices()).hasSize(1);
    checkInvoice(invoices().get(0), "invoice", "0.33");
    checkLedger("0", "-0.33");
    assertThat(ask()).isEqualTo(200); // ends in the next month, which no wallet pays: given away
    assertThat(SERVER.get(tenant, "/v1/usage").json().get("items")).hasSize(2);
    checkLedger("0", "-0.33");
  }

  @Test
  void aWalletDoesNotBeginWithUseThatItCouldNotPay() throws Exception {
    assertThat(ask()).isEqualTo(200); // before there were prices

    assertThat(agree("prepaid").status()).isEqualTo(409);
    assertThat(agree("postpaid").status()).isEqualTo(200);
    assertThat(agree("prepaid").status()).isEqualTo(200);

    EarlyBill.bill(SERVER, tenant, present);
    checkInvoice(invoices().get(0), "invoice", "0.17");
    checkLedger("0", "-0.17");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Pacific/Kiritimati", "Etc/GMT+12", "Europe/Warsaw"})
  void useFromBeforeTheFirstPricesIsBilledWithTheMonthInEveryZone(String name) throws Exception {
    var zone = ZoneId.of(name);
    YearMonth month = YearMonth.now(zone);
    Instant begins = month.atDay(1).atStartOfDay(zone).toInstant();
    log(begins.minusMillis(1));
    log(begins);
    assertThat(ask()).isEqualTo(200);
    Answer plan =
        admin(
            "POST",
            "plans",
            """
            {"code":"%s","name":"Test","currency":"EUR",
             "charges":[{"item":"output","model":"unit","amount":"0.0333","free":9}]}\
            """
                .formatted(tenant));
    assertThat(plan.status()).as(plan.body()).isEqualTo(201);

    Answer agreed =
        admin(
            "PUT",
            "billing?user=" + tenant,
            """
            {"currency":"EUR","zone":"%s","terms":"postpaid","plan":"%s","version":2}\
            """
                .formatted(name, tenant));

    assertThat(agreed.status()).as(agreed.body()).isEqualTo(200);
    assertThat(ask()).isEqualTo(200);
    JsonNode last = SERVER.get(tenant, "/v1/usage?limit=4").json().at("/items/3/data");
    assertThat(last.get("amount").asString()).isEqualTo("0.1665"); // none of them is free any more
    EarlyBill.bill(SERVER, tenant, month, zone);
    checkInvoice(invoices().get(0), "invoice", "0.20"); // 15 of the 20 tokens, of which 9 are free
    checkLedger("0", "-0.20");
  }

  /// Adds a call of five tokens to the log.
  private void log(Instant happened) {
    var agent = new UsageEvent.Agent(UUID.randomUUID(), "elsewhere");
    var entry = new UsageLog.Entry("at-" + happened, happened, agent, new Use(0, 0, 5, 1, 0));
    assertThat(SERVER.bean(UsageLog.class).add(tenant, List.of(entry))).isEqualTo(1);
  }

  @Test
  void aStatementThatIsTakenBackFillsTheWalletAgain() throws Exception {
    assertThat(agree("prepaid").status()).isEqualTo(200);
    payIn();
    assertThat(ask()).isEqualTo(200);
    EarlyBill.bill(SERVER, tenant, present);
    checkInvoice(invoices().get(0), "statement", "0.17");
    checkLedger("1.8335", "0");
    String note =
        "invoices/%s/credit-note?user=%s".formatted(invoices().at("/0/id").asString(), tenant);

    Answer made = admin("POST", note, "");

    assertThat(made.status()).as(made.body()).isEqualTo(201);
    checkInvoice(made.json(), "credit_note", "-0.17");
    assertThat(admin("POST", note, "").json()).isEqualTo(made.json());
    checkLedger("2", "0");
    assertThat(EarlyBill.balance(SERVER, "payable:" + tenant)).isEqualByComparingTo("0");
    assertThat(SERVER.get(tenant, "/v1/wallet").json().get("balance").asString()).isEqualTo("2");
    String ofNote =
        note.replaceFirst("invoices/[^/]+", "invoices/" + made.json().get("id").asString());
    assertThat(admin("POST", ofNote, "").status()).isEqualTo(409);
  }
}
