package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Who pays, how, and by which prices. A tenant may pay for several users, so this is plain SQL:
/// every statement names user or tenant.
@Component
class Tenants {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final JdbcClient jdbc;

  Tenants(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// When a tenant pays.
  enum Terms {
    /// Before: use takes from a wallet.
    PREPAID,
    /// After: use is invoiced at the end of each month.
    POSTPAID
  }

  /// How a tenant pays.
  ///
  /// @param tenant its name: that of the user who pays
  /// @param currency ISO 4217, of everything that it pays
  /// @param zone whose calendar months are billed
  /// @param terms when it pays
  /// @param taxCode which rate of the settings applies, or empty for none
  record Account(String tenant, String currency, ZoneId zone, Terms terms, String taxCode) {

    Period period(YearMonth month) {
      return Tenants.period(month, zone);
    }
  }

  /// {@return who pays for a user}
  String tenant(String user) {
    return jdbc.sql("select tenant from billing_member where user_id = ? and deleted = ?")
        .params(user, false)
        .query(String.class)
        .optional()
        .orElse(user);
  }

  /// {@return how a tenant pays at present}
  Optional<Account> find(String tenant) {
    return find(tenant, Instant.now());
  }

  /// {@return how a tenant pays for what is of a moment}
  Optional<Account> find(String tenant, Instant moment) {
    return jdbc.sql(
            "select a.tenant, a.currency, a.zone, coalesce(p.terms, a.terms) as terms,"
                + " coalesce(p.tax_code, a.tax_code) as tax_code"
                + " from billing_account a left join billing_price p on p.tenant = a.tenant"
                + " and p.begins = (select max(b.begins) from billing_price b"
                + " where b.tenant = a.tenant and b.begins <= ?) where a.tenant = ?")
        .params(Columns.time(moment), tenant)
        .query((row, _) -> account(row))
        .optional();
  }

  private static Account account(ResultSet row) throws SQLException {
    return new Account(
        row.getString("tenant"),
        row.getString("currency"),
        ZoneId.of(row.getString("zone")),
        Terms.valueOf(row.getString("terms")),
        row.getString("tax_code"));
  }

  /// A tenant whose use is charged.
  ///
  /// @param tenant its name
  /// @param zone whose calendar months are billed
  /// @param first when its first prices began
  /// @param billed how many months since then have an invoice
  record Begun(String tenant, ZoneId zone, Instant first, int billed) {

    Period period(YearMonth month) {
      return Tenants.period(month, zone);
    }
  }

  /// {@return all tenants that have or had prices}
  List<Begun> begun() {
    return jdbc.sql(
            "select f.tenant, f.zone, f.begins, count(i.id) as billed from"
                + " (select a.tenant, a.zone, min(p.begins) as begins from billing_account a"
                + " join billing_price p on p.tenant = a.tenant group by a.tenant, a.zone) f"
                + " left join invoice i on i.tenant = f.tenant and i.begins >= f.begins"
                + " and i.posting like 'invoice:%' group by f.tenant, f.zone, f.begins")
        .query(
            (row, _) ->
                new Begun(
                    row.getString("tenant"),
                    ZoneId.of(row.getString("zone")),
                    Columns.moment(row, "begins"),
                    row.getInt("billed")))
        .list();
  }

  /// {@return whose calendar holds for a tenant}
  ZoneId zone(String tenant) {
    return find(tenant).map(Account::zone).orElse(ZoneOffset.UTC);
  }

  /// {@return whose days and months hold for a tenant's budgets, and since when}
  Calendar calendar(String tenant) {
    return jdbc.sql("select zone, created from billing_account where tenant = ?")
        .param(tenant)
        .query(
            (row, _) ->
                new Calendar(ZoneId.of(row.getString("zone")), Columns.moment(row, "created")))
        .optional()
        .orElse(Calendar.USUAL);
  }

  Period period(String tenant, Instant moment) {
    ZoneId zone = zone(tenant);
    return period(YearMonth.from(moment.atZone(zone)), zone);
  }

  private static Period period(YearMonth month, ZoneId zone) {
    return new Period(
        month.atDay(1).atStartOfDay(zone).toInstant(),
        month.plusMonths(1).atDay(1).atStartOfDay(zone).toInstant());
  }

  /// Makes an account, if there is none.
  @Transactional
  void set(Account account) {
    if (find(account.tenant()).isEmpty()) {
      jdbc.sql(
              "insert into billing_account (id, user_id, created, updated, deleted, tenant,"
                  + " currency, zone, terms, tax_code) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
          .params(
              Columns.id(),
              account.tenant(),
              Columns.now(),
              Columns.now(),
              false,
              account.tenant(),
              account.currency(),
              account.zone().getId(),
              account.terms().name(),
              account.taxCode())
          .update();
    }
  }

  /// Lets a tenant pay for a user.
  @Transactional
  void join(String user, String tenant) {
    jdbc.sql("delete from billing_member where user_id = ?").param(user).update();
    jdbc.sql(
            "insert into billing_member (id, user_id, created, updated, deleted, tenant)"
                + " values (?, ?, ?, ?, ?, ?)")
        .params(Columns.id(), user, Columns.now(), Columns.now(), false, tenant)
        .update();
  }

  /// Stores a new version of a plan; the table lets one of two win.
  void insert(String user, String name, Tariff tariff) {
    var stored = new Stored(tariff.minimum(), tariff.charges());
    jdbc.sql(
            "insert into price_version (id, user_id, created, updated, deleted, code, version,"
                + " name, currency, charges) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Columns.id(),
            user,
            Columns.now(),
            Columns.now(),
            false,
            tariff.code(),
            tariff.version(),
            name,
            tariff.currency(),
            JSON.writeValueAsString(stored))
        .update();
  }

  private record Stored(@Nullable BigDecimal minimum, List<Charge> charges) {}

  /// A version of a plan and its name.
  record Named(String name, Tariff tariff) {}

  /// {@return all plans, their versions in order}
  List<Named> plans() {
    return jdbc.sql(
            "select code, version, name, currency, charges from price_version"
                + " order by code, version offset 0 rows fetch next 500 rows only")
        .query(
            (row, _) ->
                new Named(
                    row.getString("name"),
                    tariff(
                        row.getString("code"),
                        row.getInt("version"),
                        row.getString("currency"),
                        row.getString("charges"))))
        .list();
  }

  Optional<Tariff> plan(String code, int version) {
    return jdbc.sql("select currency, charges from price_version where code = ? and version = ?")
        .params(code, version)
        .query(
            (row, _) -> tariff(code, version, row.getString("currency"), row.getString("charges")))
        .optional();
  }

  int lastVersion(String code) {
    return jdbc.sql("select coalesce(max(version), 0) from price_version where code = ?")
        .param(code)
        .query(Integer.class)
        .single();
  }

  /// Sets the prices of a tenant, and how it pays them, from a period on.
  @Transactional
  void subscribe(Account account, Instant begins, Tariff tariff) {
    String tenant = account.tenant();
    jdbc.sql("delete from billing_price where tenant = ? and begins >= ?")
        .params(tenant, Columns.time(begins))
        .update();
    jdbc.sql(
            "insert into billing_price (id, user_id, created, updated, deleted, tenant, begins,"
                + " code, version, terms, tax_code) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Columns.id(),
            tenant,
            Columns.now(),
            Columns.now(),
            false,
            tenant,
            Columns.time(begins),
            tariff.code(),
            tariff.version(),
            account.terms().name(),
            account.taxCode())
        .update();
  }

  /// How a tenant pays from a moment on.
  ///
  /// @param account how
  /// @param plan name of the plan
  /// @param version which of its versions
  /// @param from since when
  record Agreed(Account account, String plan, int version, Instant from) {}

  /// {@return how a tenant pays and by which prices: what holds at a moment, and what holds later,
  /// the first first}
  List<Agreed> agreed(String tenant, Instant moment) {
    return jdbc.sql(
            "select a.tenant, a.currency, a.zone, coalesce(p.terms, a.terms) as terms,"
                + " coalesce(p.tax_code, a.tax_code) as tax_code, p.code, p.version, p.begins"
                + " from billing_account a join billing_price p on p.tenant = a.tenant"
                + " where a.tenant = ? and p.begins >= (select max(b.begins) from billing_price b"
                + " where b.tenant = a.tenant and b.begins <= ?) order by p.begins")
        .params(tenant, Columns.time(moment))
        .query(
            (row, _) ->
                new Agreed(
                    account(row),
                    row.getString("code"),
                    row.getInt("version"),
                    Columns.moment(row, "begins")))
        .list();
  }

  /// Somebody for whom a tenant pays.
  ///
  /// @param user who calls
  /// @param since since when
  record Member(String user, Instant since) {}

  /// {@return those for whom a tenant pays, but not itself, by name}
  List<Member> members(String tenant, String after, int limit) {
    return jdbc.sql(
            "select user_id, created from billing_member where tenant = ? and deleted = ?"
                + " and user_id > ? order by user_id offset 0 rows fetch next ? rows only")
        .params(tenant, false, after, limit)
        .query((row, _) -> new Member(row.getString("user_id"), Columns.moment(row, "created")))
        .list();
  }

  /// {@return the prices of a tenant in a period}
  Tariff tariff(String tenant, Instant begins) {
    return jdbc.sql(
            "select p.code, p.version, p.currency, p.charges from billing_price b"
                + " join price_version p on p.code = b.code and p.version = b.version"
                + " where b.tenant = ? and b.begins <= ?"
                + " order by b.begins desc offset 0 rows fetch next 1 rows only")
        .params(tenant, Columns.time(begins))
        .query(
            (row, _) ->
                tariff(
                    row.getString("code"),
                    row.getInt("version"),
                    row.getString("currency"),
                    row.getString("charges")))
        .optional()
        .orElse(Tariff.FREE);
  }

  private static Tariff tariff(String code, int version, String currency, String json) {
    Stored stored = JSON.readValue(json, new TypeReference<Stored>() {});
    return new Tariff(
        code, version, currency, stored.minimum(), Objects.requireNonNull(stored.charges()));
  }
}
