package ai.hartonomous.platform.money;

import ai.hartonomous.platform.TestServer;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// Bills months before they are over, for tests in other rooms: as if the clock were later.
@SuppressWarnings("doclint:missing") // parameters of a test fixture
public final class EarlyBill {

  private EarlyBill() {}

  /// Bills a month of a tenant whose calendar is UTC's; what it calls later is of the next month.
  public static void bill(TestServer server, String tenant, YearMonth month) {
    bill(server, tenant, month, ZoneOffset.UTC);
  }

  /// Bills a month of a tenant's calendar; what it calls later is of the next month.
  public static void bill(TestServer server, String tenant, YearMonth month, ZoneId zone) {
    var later = month.plusMonths(1).atDay(1).atStartOfDay(zone).toInstant();
    var _ = server.bean(Billing.class).close(tenant, month, later);
  }

  /// {@return the balance of an account of the ledger}
  public static BigDecimal balance(TestServer server, String account) {
    return server.bean(Ledger.class).balance(account);
  }

  /// {@return the sum of all accounts}
  public static BigDecimal total(TestServer server) {
    return server.bean(Ledger.class).balances().values().stream()
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
