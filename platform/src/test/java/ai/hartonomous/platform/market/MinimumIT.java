package ai.hartonomous.platform.market;

import static ai.hartonomous.platform.market.MarketFixture.account;
import static ai.hartonomous.platform.market.MarketFixture.ask;
import static ai.hartonomous.platform.market.MarketFixture.publisher;
import static ai.hartonomous.platform.market.MarketFixture.send;
import static ai.hartonomous.platform.market.MarketFixture.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.market.MarketFixture.Said;
import ai.hartonomous.platform.money.EarlyBill;
import ai.hartonomous.platform.security.Role;
import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/// Minimums of listings on bills, in shares, and when they change.
class MinimumIT {

  private static final TestServer SERVER = TestServer.shared();

  private final String mark = UUID.randomUUID().toString().substring(0, 8);
  private final String seller = "least-" + mark;
  private final String buyer = "owes-" + mark;
  private final String ann = "ann-" + mark;
  private final YearMonth month = YearMonth.now(ZoneOffset.UTC);

  /// {@return the id of a listing whose source is ann's}
  private String listed(String charges, String minimum, int status) throws Exception {
    publisher(SERVER, seller);
    UUID agent = MarketFixture.agent(SERVER, seller, "least", Said.good(ann, 1), Said.good(ann, 1));
    Answer made =
        send(
            SERVER,
            seller,
            Role.PUBLISHER,
            "POST",
            "/v1/market/listings",
            """
            {"agentId": "%s", "name": "least", "title": "t", "price": {"currency": "EUR",
             "charges": %s, "minimum": %s}}"""
                .formatted(agent, charges, minimum));
    assertThat(made.status()).as(made.body()).isEqualTo(status);
    return made.json().path("id").asString("");
  }

  private static final String OUTPUT = "[{\"item\":\"output\",\"model\":\"unit\",\"amount\":0.3}]";

  private void price(String listing, String charges, String minimum) throws Exception {
    String body = "{\"charges\":%s,\"minimum\":%s}".formatted(charges, minimum);
    String path = "/v1/market/listings/%s/prices".formatted(listing);
    Answer changed = send(SERVER, seller, Role.PUBLISHER, "POST", path, body);
    assertThat(changed.status()).as(changed.body()).isEqualTo(201);
  }

  /// As if the tenant had subscribed on a day at noon.
  private static void begin(String tenant, LocalDate day) {
    SERVER
        .bean(JdbcClient.class)
        .sql("update listing_subscription set begins = ? where user_id = ?")
        .params(Columns.time(day.atTime(12, 0).toInstant(ZoneOffset.UTC)), tenant)
        .update();
  }

  private static JsonNode bill(String tenant, YearMonth month) throws Exception {
    EarlyBill.bill(SERVER, tenant, month);
    List<JsonNode> all =
        SERVER.get(tenant, "/v1/invoices").json().get("items").valueStream().toList();
    return SERVER.get(tenant, "/v1/invoices/" + all.getLast().get("id").asString()).json();
  }

  /// {@return amounts and descriptions of the lines that are not of the plan}
  private List<String> lines(JsonNode invoice) {
    return invoice
        .get("lines")
        .valueStream()
        .filter(it -> it.get("description").asString().startsWith(seller))
        .map(it -> it.get("amount").asString() + " " + it.get("description").asString())
        .toList();
  }

  private static void assertBalance(String account, String balance) {
    assertThat(EarlyBill.balance(SERVER, account)).as(account).isEqualByComparingTo(balance);
  }

  /// 30.00 a month, subscribed to from the 16th of a month of n days on: n - 15 days are owed.
  private BigDecimal owed() {
    int all = month.lengthOfMonth();
    return new BigDecimal("30")
        .multiply(BigDecimal.valueOf(all - 15))
        .divide(BigDecimal.valueOf(all), 2, RoundingMode.HALF_EVEN);
  }

  @Test
  void whatIsMissingToTheMinimumIsBilledOnceAndShared() throws Exception {
    account(SERVER, buyer, "postpaid");
    String listing = listed(OUTPUT, "30", 201);
    JsonNode shown = SERVER.get(buyer, "/v1/market/listings/" + listing).json();
    assertThat(shown.get("minimum").decimalValue()).isEqualByComparingTo("30");
    assertThat(subscribe(SERVER, buyer, listing).json().get("minimum").asString()).isEqualTo("30");
    begin(buyer, month.atDay(16));
    assertThat(ask(SERVER, buyer, listing).status()).isEqualTo(200);
    price(listing, OUTPUT, "100"); // not for the running month

    JsonNode invoice = bill(buyer, month);

    int days = month.lengthOfMonth() - 15;
    String model = seller + "/least@1: ";
    assertThat(lines(invoice))
        .containsExactly(
            "1.50 " + model + "output, price version 1",
            "%s %sleast price of %d of %d days, price version 1"
                .formatted(
                    owed().subtract(new BigDecimal("1.50")), model, days, month.lengthOfMonth()));
    assertThat(new BigDecimal(invoice.get("net").asString())).isEqualByComparingTo(owed());
    BigDecimal paid =
        EarlyBill.balance(SERVER, "payable:" + seller)
            .add(EarlyBill.balance(SERVER, "payable:" + ann));
    BigDecimal commission = owed().multiply(new BigDecimal("0.3"));
    assertThat(paid)
        .isBetween(
            owed().subtract(commission).subtract(new BigDecimal("0.01")),
            owed().subtract(commission).add(new BigDecimal("0.01")));
    assertBalance("sales:" + buyer, "0");
    EarlyBill.bill(SERVER, buyer, month); // again changes nothing
    assertBalance("owed:" + buyer, owed().negate().toPlainString());
    assertThat(EarlyBill.total(SERVER)).isEqualByComparingTo("0");

    JsonNode next = bill(buyer, month.plusMonths(1));

    assertThat(lines(next))
        .containsExactly("100.00 " + model + "least price of a month, price version 2");
    takeBack(invoice);
  }

  private void takeBack(JsonNode invoice) throws Exception {
    String path =
        "/v1/admin/invoices/%s/credit-note?user=%s".formatted(invoice.get("id").asString(), buyer);
    assertThat(send(SERVER, "boss", Role.ADMIN, "POST", path, "").status()).isEqualTo(201);
    assertBalance("owed:" + buyer, "-100");
    assertBalance("payable:" + seller, "35"); // half of 70 %
    assertBalance("payable:" + ann, "35");
  }

  @Test
  void whoUsesMorePaysNoMinimum() throws Exception {
    account(SERVER, buyer, "postpaid");
    String listing = listed("[{\"item\":\"output\",\"model\":\"unit\",\"amount\":7}]", "30", 201);
    subscribe(SERVER, buyer, listing);
    begin(buyer, month.atDay(1));

    assertThat(ask(SERVER, buyer, listing).status()).isEqualTo(200);

    assertThat(lines(bill(buyer, month)))
        .containsExactly("35.00 " + seller + "/least@1: output, price version 1");
  }

  /// The first subscription ends on the spot by an administrator's word; the second begins on the
  /// same day, which counts once.
  @Test
  void whoBeginsAnewOwesBothTimes() throws Exception {
    account(SERVER, buyer, "postpaid");
    String listing = listed("[]", "30", 201);
    subscribe(SERVER, buyer, listing);
    begin(buyer, LocalDate.now(ZoneOffset.UTC).minusDays(1));
    String path = "/v1/admin/market/listings/" + listing + "/takedown";
    send(SERVER, "boss", Role.ADMIN, "POST", path, "{\"reason\":\"x\"}");
    send(SERVER, "boss", Role.ADMIN, "DELETE", path, "");
    String again = "/v1/market/listings/" + listing + "/relisting";
    assertThat(send(SERVER, seller, Role.PUBLISHER, "POST", again, "").status()).isEqualTo(200);
    assertThat(subscribe(SERVER, buyer, listing).status()).isEqualTo(201);

    JsonNode invoice = bill(buyer, month);

    LocalDate first = LocalDate.now(ZoneOffset.UTC).minusDays(1);
    long days =
        YearMonth.from(first).equals(month)
            ? first.datesUntil(month.plusMonths(1).atDay(1)).count()
            : month.lengthOfMonth();
    BigDecimal owed =
        BigDecimal.valueOf(30 * days)
            .divide(BigDecimal.valueOf(month.lengthOfMonth()), 2, RoundingMode.HALF_EVEN);
    assertThat(new BigDecimal(invoice.get("net").asString())).isEqualByComparingTo(owed);
    assertThat(
            SERVER
                .bean(JdbcClient.class)
                .sql("select count(*) from listing_subscription_past where user_id = ?")
                .param(buyer)
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void aMinimumIsForWhoIsBilledAfterTheMonthAndNeverFree() throws Exception {
    String listing = listed("[]", "0.01", 201);
    assertThat(subscribe(SERVER, buyer, listing).body()).contains("no-billing-account");
    account(SERVER, buyer, "prepaid");
    Answer refused = subscribe(SERVER, buyer, listing);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body()).contains("minimum-is-owed");
    price(listing, "[]", "null");
    assertThat(subscribe(SERVER, buyer, listing).status()).isEqualTo(201);
    price(listing, "[]", "5");

    JsonNode statement = bill(buyer, month.plusMonths(1));

    assertThat(lines(statement)).isEmpty(); // nothing is taken from a wallet but for calls
    assertThat(statement.get("total").asString()).isEqualTo("0.00");
  }

  @Test
  void aMinimumIsInWholeCents() throws Exception {
    listed("[]", "0.001", 400);
    listed("[]", "-1", 400);
    listed("[]", "10000000000", 400);
  }
}
