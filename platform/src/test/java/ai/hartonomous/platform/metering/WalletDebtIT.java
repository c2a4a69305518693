package ai.hartonomous.platform.metering;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.market.MarketFixture;
import ai.hartonomous.platform.money.Ledger;
import ai.hartonomous.platform.money.WalletPayments;
import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What wallets owe, and what pays it. Each call costs half a euro.
class WalletDebtIT {

  private static final TestServer SERVER = TestServer.shared();

  private final String tenant = "debtor-" + UUID.randomUUID().toString().substring(0, 8);
  private final WalletPayments wallets = SERVER.bean(WalletPayments.class);
  private final Reservations reservations = SERVER.bean(Reservations.class);
  private final Ledger ledger = SERVER.bean(Ledger.class);

  @BeforeEach
  void payBefore() throws Exception {
    MarketFixture.account(SERVER, tenant, "prepaid");
  }

  private void payIn(String key, String amount) {
    wallets.payIn("in:%s:%s".formatted(tenant, key), tenant, "EUR", new BigDecimal(amount));
  }

  private BigDecimal takeBack(String key, String amount) {
    return wallets.takeBack(
        "back:%s:%s".formatted(tenant, key), tenant, "EUR", new BigDecimal(amount));
  }

  private CallRows.Stored held() {
    var call =
        new CallRows.Stored(
            Columns.id(),
            tenant,
            tenant,
            UUID.randomUUID().toString(),
            "h",
            new UsageEvent.Agent(UUID.randomUUID(), "letters"),
            "",
            CallRows.State.HELD,
            Instant.now().plusSeconds(60),
            Instant.now());
    reservations.hold(call, "a node", new Use(1, 0, 1, 1, 0));
    return call;
  }

  private void check(String balance, String held, String owed) throws Exception {
    JsonNode wallet = SERVER.get(tenant, "/v1/wallet").json();
    assertThat(wallet.get("balance").asString()).isEqualTo(balance);
    assertThat(wallet.get("held").asString()).isEqualTo(held);
    assertThat(wallet.get("owed").asString()).isEqualTo(owed);
    assertThat(ledger.balance("wallet:" + tenant)).isEqualByComparingTo(balance);
    assertThat(ledger.balance("owed:" + tenant).negate()).isEqualByComparingTo(owed);
  }

  @Test
  void whatComesInPaysWhatIsOwedFirst() throws Exception {
    payIn("first", "1");
    assertThat(takeBack("all", "3")).isEqualByComparingTo("2");
    check("0", "0", "2");

    payIn("second", "0.5");
    check("0", "0", "1.5");
    payIn("second", "0.5"); // the same one
    check("0", "0", "1.5");
    payIn("third", "4");
    check("2.5", "0", "0");
    payIn("fourth", "1");
    check("3.5", "0", "0");
  }

  @Test
  void whatCallsHoldStaysTheirsAndPaysWhatIsOwedWhenTheyEnd() throws Exception {
    payIn("first", "2");
    CallRows.Stored charged = held();
    CallRows.Stored released = held();
    CallRows.Stored free = held();
    assertThat(takeBack("all", "2")).isEqualByComparingTo("1.5");
    check("1.5", "1.5", "1.5");
    payIn("little", "0.2");
    check("1.5", "1.5", "1.3");

    var use = new Use(1, 0, 1, 1, 0);
    assertThat(reservations.settle(charged, use, UsageEvent.Outcome.ANSWERED)).isPresent();
    check("1", "1", "1.3");
    reservations.release(released);
    check("0.5", "0.5", "0.8");
    var nothing = new Use(1, 0, 1, 0, 0);
    assertThat(reservations.settle(free, nothing, UsageEvent.Outcome.ANSWERED)).isPresent();
    check("0", "0", "0.3");
  }

  @Test
  void ofManyPaymentsAtOnceNoneIsTakenTwice() throws Exception {
    payIn("first", "1");
    assertThat(takeBack("all", "2")).isEqualByComparingTo("1");
    List<Callable<Boolean>> payments = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String key = "at-once-" + i;
      payments.add(
          () -> {
            payIn(key, "0.1");
            return true;
          });
    }

    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> payment : executor.invokeAll(payments)) {
        assertThat(payment.get()).isTrue();
      }
    }

    check("0.6", "0", "0");
  }
}
