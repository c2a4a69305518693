package ai.hartonomous.platform.account;

import ai.hartonomous.platform.account.Account.Kind;
import ai.hartonomous.platform.security.Role;
import ai.hartonomous.platform.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The table of accounts. Logins ask for a name before anybody is known, and administrators see all
/// accounts, so this is plain SQL without the filter by user: every method says whose rows it
/// touches.
@Component
class AccountRows {

  private static final String COLUMNS = "id, user_id, kind, roles, secret, disabled, created";

  private final JdbcClient jdbc;

  AccountRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Stores a new account of the name in it.
  ///
  /// @throws org.springframework.dao.DuplicateKeyException if the name is taken
  void insert(Account account) {
    OffsetDateTime created = account.created().atOffset(ZoneOffset.UTC);
    jdbc.sql(
            "insert into account (id, user_id, created, updated, deleted, kind, roles, secret,"
                + " disabled) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            account.id(),
            account.name(),
            created,
            created,
            false,
            account.kind().name(),
            text(account.roles()),
            account.secret(),
            account.disabled())
        .update();
  }

  /// {@return the account of a name}
  Optional<Account> find(String name) {
    return jdbc.sql("select " + COLUMNS + " from account where user_id = ?")
        .param(name)
        .query((row, _) -> account(row))
        .optional();
  }

  /// {@return the accounts of everybody, in the order they were made, after an id}
  List<Account> list(UUID after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from account where id > ? order by id offset 0 rows fetch next ? rows only")
        .params(after, limit)
        .query((row, _) -> account(row))
        .list();
  }

  /// Changes roles, secret and whether it is disabled, of the account of that name.
  void update(Account account) {
    jdbc.sql(
            "update account set roles = ?, secret = ?, disabled = ?, updated = ? where user_id = ?")
        .params(
            text(account.roles()),
            account.secret(),
            account.disabled(),
            OffsetDateTime.now(ZoneOffset.UTC),
            account.name())
        .update();
  }

  private static Account account(ResultSet row) throws SQLException {
    return new Account(
        row.getObject("id", UUID.class),
        row.getString("user_id"),
        Kind.valueOf(row.getString("kind")),
        roles(row.getString("roles")),
        row.getString("secret"),
        row.getBoolean("disabled"),
        Columns.moment(row, "created"));
  }

  private static String text(Set<Role> roles) {
    return roles.stream().sorted().map(Role::text).collect(Collectors.joining(" "));
  }

  private static Set<Role> roles(String text) {
    return Arrays.stream(text.split(" "))
        .map(Role::find)
        .flatMap(Optional::stream)
        .collect(Collectors.toSet());
  }
}
