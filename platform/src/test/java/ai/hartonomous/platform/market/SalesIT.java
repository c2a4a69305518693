package ai.hartonomous.platform.market;

import static ai.hartonomous.platform.market.MarketFixture.account;
import static ai.hartonomous.platform.market.MarketFixture.ask;
import static ai.hartonomous.platform.market.MarketFixture.publish;
import static ai.hartonomous.platform.market.MarketFixture.publisher;
import static ai.hartonomous.platform.market.MarketFixture.send;
import static ai.hartonomous.platform.market.MarketFixture.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.market.MarketFixture.Said;
import ai.hartonomous.platform.money.EarlyBill;
import ai.hartonomous.platform.money.Ledger;
import ai.hartonomous.platform.money.Ledger.Transfer;
import ai.hartonomous.platform.security.Role;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What publishers are told of what they sold.
class SalesIT {

  private static final TestServer SERVER = TestServer.shared();

  private final String mark = UUID.randomUUID().toString().substring(0, 8);
  private final String seller = "sells-" + mark;
  private final String first = "first-" + mark;
  private final String second = "second-" + mark;
  private final YearMonth month = YearMonth.now(ZoneOffset.UTC);

  private String listed(String name, String price) throws Exception {
    UUID agent =
        MarketFixture.agent(
            SERVER, seller, name, Said.good("ann-" + mark, 3), Said.good("bob-" + mark, 1));
    Answer made = publish(SERVER, seller, agent, name, "open", price);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.json().get("id").asString();
  }

  private void buy(String buyer, String... listings) throws Exception {
    account(SERVER, buyer, "postpaid");
    for (String listing : listings) {
      assertThat(subscribe(SERVER, buyer, listing).status()).isEqualTo(201);
      assertThat(ask(SERVER, buyer, listing).status()).isEqualTo(200);
    }
    EarlyBill.bill(SERVER, buyer, month);
  }

  private void takeBack(String buyer) throws Exception {
    String invoice = SERVER.get(buyer, "/v1/invoices").json().at("/items/0/id").asString();
    String path = "/v1/admin/invoices/%s/credit-note?user=%s".formatted(invoice, buyer);
    assertThat(send(SERVER, "boss", Role.ADMIN, "POST", path, "").status()).isEqualTo(201);
    assertThat(send(SERVER, "boss", Role.ADMIN, "POST", path, "").status()).isEqualTo(201);
  }

  private JsonNode sales(String user) throws Exception {
    Answer answer = SERVER.get(user, "/v1/market/publisher/sales?month=" + month);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  /// {@return what came to accounts in the ledger less what went, with the postings of both buyers}
  private BigDecimal booked(String... accounts) {
    Ledger ledger = SERVER.bean(Ledger.class);
    BigDecimal sum = BigDecimal.ZERO;
    for (String buyer : List.of(first, second)) {
      String invoice = "invoice:%s:%s".formatted(buyer, month);
      for (String posting : List.of(invoice, "credit:" + invoice)) {
        for (Transfer one : ledger.of(posting)) {
          boolean in = List.of(accounts).contains(one.target());
          boolean out = List.of(accounts).contains(one.source());
          sum = sum.add(in ? one.amount() : out ? one.amount().negate() : BigDecimal.ZERO);
        }
      }
    }
    return sum;
  }

  private static BigDecimal sum(JsonNode sales, String field) {
    return sales
        .get("items")
        .valueStream()
        .map(it -> new BigDecimal(it.get(field).asString()))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /// A call of the first listing costs 5 tokens at 0.333, which is 1.665 and so 1.66. Of that 30 %,
  /// 35 %, and three and one quarters of 35 % are 0.498, 0.581, 0.43575 and 0.14525: by largest
  /// remainders 0.50, 0.58, 0.44 and 0.14.
  @Test
  void equalsTheLedgerToTheCentAndTellsNobodyWhoBought() throws Exception {
    publisher(SERVER, seller);
    String one = listed("one", "0.333");
    String two = listed("two", "0.1");
    assertThat(sales(seller).get("items")).isEmpty();
    buy(first, one, two);
    buy(second, one);
    takeBack(second);

    JsonNode sold = sales(seller);

    JsonNode row = sold.at("/items/0");
    assertThat(row.get("model").asString()).isEqualTo(seller + "/one@1");
    assertThat(row.get("listing").asString()).isEqualTo(one);
    Function<String, String> of = field -> row.get(field).asString();
    assertThat(List.of("calls", "inputTokens", "cachedTokens", "outputTokens"))
        .extracting(of)
        .containsExactly("2", "6", of.apply("cachedTokens"), "10");
    assertThat(List.of("gross", "refunds", "commission", "owners", "net", "currency"))
        .extracting(of)
        .containsExactly("3.32", "1.66", "0.50", "0.58", "0.58", "EUR");
    assertThat(sold.get("items")).hasSize(2);
    assertThat(sum(sold, "net")).isEqualByComparingTo(booked("payable:" + seller));
    assertThat(sum(sold, "owners"))
        .isEqualByComparingTo(booked("payable:ann-" + mark, "payable:bob-" + mark));
    assertThat(sum(sold, "gross").subtract(sum(sold, "refunds")))
        .isEqualByComparingTo(
            sum(sold, "commission").add(sum(sold, "owners")).add(sum(sold, "net")));
    assertThat(new BigDecimal(sold.at("/totals/0/net").asString()))
        .isEqualByComparingTo(EarlyBill.balance(SERVER, "payable:" + seller));
    assertThat(sold.toString()).doesNotContain(first, second);
    others(sold);
  }

  private void others(JsonNode sold) throws Exception {
    assertThat(sales(first).get("items")).isEmpty();
    assertThat(sales("ann-" + mark).get("items")).isEmpty(); // an owner sells nothing
    String csv = SERVER.get(seller, "/v1/market/publisher/sales/csv?month=" + month).body();
    assertThat(csv.split("\r\n")).hasSize(3);
    assertThat(csv)
        .startsWith("model,listing,currency,calls,")
        .contains(seller + "/one@1," + sold.at("/items/0/listing").asString() + ",EUR,2,6,")
        .contains(",3.32,1.66,0.50,0.58,0.58\r\n")
        .doesNotContain(first, second);
    String path = "/v1/market/publisher/sales?month=";
    assertThat(SERVER.get(seller, path + month.minusMonths(1)).json().get("items")).isEmpty();
    assertThat(SERVER.get(seller, path + "2026-13").status()).isEqualTo(400);
  }
}
