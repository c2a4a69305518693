package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.metering.UsageLog;
import ai.hartonomous.platform.money.Tenants.Account;
import ai.hartonomous.platform.money.Tenants.Terms;
import ai.hartonomous.platform.web.Problem;
import java.time.Instant;
import java.time.YearMonth;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Agrees with tenants how they pay and by which prices: for whole months, so that none is paid for
/// twice, or in two ways.
@Service
class Agreements {

  private final Tenants accounts;
  private final UsageLog log;

  Agreements(Tenants accounts, UsageLog log) {
    this.accounts = accounts;
    this.log = log;
  }

  /// Agrees: from the present month on for the first time, later from the next one on.
  ///
  /// @param account how the tenant is to pay
  /// @param tariff by which prices
  /// @return from when on
  /// @throws ai.hartonomous.platform.web.ProblemException with status 409 if currency or zone are
  ///   others than before, or the wallet would have to pay what was used before there was one
  @Transactional
  Instant agree(Account account, Tariff tariff) {
    String tenant = account.tenant();
    Instant now = log.hold(tenant); // from here on nothing is charged, and no month ends
    Period present = account.period(YearMonth.from(now.atZone(account.zone())));
    Account before = accounts.find(tenant).orElse(null);
    if (before == null) {
      if (account.terms() == Terms.PREPAID && log.hasEntries(tenant, present.begins())) {
        throw Problem.conflict(
            "The tenant has used agents this month: terms prepaid begin with a month. Terms"
                + " postpaid may be set for this one, and prepaid then for the next.");
      }
      accounts.set(account);
      log.count(tenant, present);
    } else if (!before.currency().equals(account.currency())
        || !before.zone().equals(account.zone())) {
      throw Problem.conflict("Currency and zone of a tenant never change.");
    }
    Instant begins = before == null ? present.begins() : present.ends();
    accounts.subscribe(account, begins, tariff);
    return begins;
  }
}
