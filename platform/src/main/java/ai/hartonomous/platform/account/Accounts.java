package ai.hartonomous.platform.account;

import ai.hartonomous.platform.account.Account.Kind;
import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.security.Role;
import ai.hartonomous.platform.security.TokenIssuer;
import ai.hartonomous.platform.tenant.Columns;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;

/// The users of the built-in issuer, as administrators keep them.
@Service
class Accounts {

  private final AccountRows rows;
  private final RefreshTokens refreshTokens;
  private final Passwords passwords;
  private final Audit audit;

  Accounts(AccountRows rows, RefreshTokens refreshTokens, Passwords passwords, Audit audit) {
    this.rows = rows;
    this.refreshTokens = refreshTokens;
    this.passwords = passwords;
    this.audit = audit;
  }

  /// A new account, with the secret of a service, which is told once.
  ///
  /// @param account what was made
  /// @param secret its secret, or null where the administrator chose the password
  record Made(Account account, @Nullable String secret) {}

  /// {@return a new account}
  ///
  /// @param password of a person; null for a service, whose secret is drawn
  Made create(String name, Kind kind, Set<Role> roles, @Nullable String password) {
    checkName(name);
    String drawn = kind == Kind.SERVICE ? Secrets.draw("hs_") : null;
    String hash = drawn == null ? passwordHash("password", password, name) : Secrets.hash(drawn);
    var account =
        new Account(
            Columns.id(),
            name,
            kind,
            roles,
            hash,
            false,
            Instant.now().truncatedTo(ChronoUnit.MICROS));
    try {
      rows.insert(account);
    } catch (DuplicateKeyException _) {
      throw Problem.conflict("There is a user of that name.");
    }
    audit.append(name, "user.create", kind + " " + account.view().roles());
    return new Made(account, drawn);
  }

  /// {@return the account of a name, if there is one}
  Optional<Account> find(String name) {
    return TokenIssuer.isUser(name) ? rows.find(name) : Optional.empty();
  }

  /// {@return whether a password is an account's; false without an account, but after as much work}
  boolean matches(@Nullable Account account, String password) {
    return passwords.matches(password, account == null ? null : account.secret());
  }

  /// {@return the account of a name}
  Account require(String name) {
    return find(name).orElseThrow(() -> Problem.notFound("user", name));
  }

  /// {@return a page of all accounts}
  Page<Account.View> list(@Nullable String cursor, int limit) {
    List<Account> found = rows.list(Page.idAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, Account::view, Account::id);
  }

  /// Changes what is not null. A new password and disabling end all logins.
  Account change(
      String name,
      @Nullable Set<Role> roles,
      @Nullable Boolean disabled,
      @Nullable String password) {
    Account before = require(name);
    if (password != null && before.kind() == Kind.SERVICE) {
      throw Problem.invalid("password", "a service has a secret of its own");
    }
    var after =
        new Account(
            before.id(),
            name,
            before.kind(),
            Objects.requireNonNullElse(roles, before.roles()),
            password == null ? before.secret() : passwordHash("password", password, name),
            Objects.requireNonNullElse(disabled, before.disabled()),
            before.created());
    rows.update(after);
    if (password != null || after.disabled()) {
      refreshTokens.revokeAll(name);
    }
    audit.append(name, "user.change", changes(before, after));
    return after;
  }

  /// Lets a person choose another password. All logins of theirs end.
  ///
  /// @return whether the current password was right; nothing is changed if not
  boolean changePassword(String name, String current, String fresh) {
    Account account = find(name).filter(it -> it.kind() == Kind.PERSON).orElse(null);
    if (!matches(account, current)) {
      return false;
    }
    change(name, null, null, fresh);
    return true;
  }

  /// {@return the roles of these names}
  static Set<Role> roles(List<String> names) {
    var roles = new LinkedHashSet<Role>();
    for (String name : names) {
      roles.add(
          Role.find(name)
              .orElseThrow(() -> Problem.invalid("roles", "must be user, publisher or admin")));
    }
    if (roles.isEmpty()) {
      throw Problem.invalid("roles", "must name one at least");
    }
    return roles;
  }

  private static void checkName(String name) {
    try {
      TokenIssuer.checkUser(name);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("name", String.valueOf(e.getMessage()));
    }
  }

  private String passwordHash(String field, @Nullable String password, String name) {
    if (password == null) {
      throw Problem.invalid(field, "is missing");
    }
    Passwords.check(field, password, name);
    return passwords.hash(password);
  }

  private static String changes(Account before, Account after) {
    var words = new StringBuilder();
    if (!before.roles().equals(after.roles())) {
      words.append("roles ").append(after.view().roles()).append(' ');
    }
    if (before.disabled() != after.disabled()) {
      words.append(after.disabled() ? "disabled " : "enabled ");
    }
    if (!before.secret().equals(after.secret())) {
      words.append("secret");
    }
    return words.toString().strip();
  }
}
