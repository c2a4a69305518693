package ai.hartonomous.platform.account;

import ai.hartonomous.platform.SecuritySettings;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.account.Account.Kind;
import ai.hartonomous.platform.account.RefreshTokens.Outcome;
import ai.hartonomous.platform.account.RefreshTokens.Used;
import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.security.TokenIssuer;
import ai.hartonomous.platform.web.Problem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/// Gives tokens for passwords, secrets and refresh tokens. Whatever was wrong, the answer is the
/// same and takes the same work, so that nobody learns who exists.
@Service
class Logins {

  private final Accounts accounts;
  private final RefreshTokens refreshTokens;
  private final Throttle throttle;
  private final TokenIssuer issuer;
  private final Audit audit;
  private final SecuritySettings.Logins settings;

  Logins(
      Accounts accounts,
      RefreshTokens refreshTokens,
      Throttle throttle,
      TokenIssuer issuer,
      Audit audit,
      Settings settings) {
    this.accounts = accounts;
    this.refreshTokens = refreshTokens;
    this.throttle = throttle;
    this.issuer = issuer;
    this.audit = audit;
    this.settings = settings.security().logins();
  }

  /// What a login brings.
  ///
  /// @param accessToken for the next minutes
  /// @param expiresIn how many seconds
  /// @param refreshToken for the next access token, or null for services
  record Granted(String accessToken, long expiresIn, @Nullable String refreshToken) {}

  /// The name or the address must wait before it tries again.
  static final class Throttled extends RuntimeException {
    Throttled() {
      super("too many attempts", null, false, false);
    }
  }

  /// {@return tokens of a person, if the password is right}
  Optional<Granted> person(String name, String password, String address) {
    Account account = find(name, Kind.PERSON);
    admit(name, address);
    if (!accounts.matches(account, password) || account == null) {
      refused(account, address);
      return Optional.empty();
    }
    throttle.right(name);
    audit.append(account.name(), "login", address);
    String refresh = refreshTokens.begin(account.name(), settings.refreshLifetime());
    return Optional.of(granted(account, refresh));
  }

  /// {@return a token of a service, if the secret is right}
  Optional<Granted> service(String name, String secret, String address) {
    Account account = find(name, Kind.SERVICE);
    admit(name, address);
    String expected = account == null ? Secrets.hash("") : account.secret();
    if (!Secrets.matches(secret, expected) || account == null) {
      refused(account, address);
      return Optional.empty();
    }
    throttle.right(name);
    audit.append(account.name(), "token.client", address);
    return Optional.of(granted(account, null));
  }

  /// {@return the next tokens, if the refresh token is good}
  Optional<Granted> refresh(String token, String address) {
    Outcome outcome = refreshTokens.use(token);
    outcome.stolenFrom().ifPresent(user -> audit.append(user, "token.reuse", address));
    return outcome.good().flatMap(used -> refreshed(used, address));
  }

  /// Lets a person choose another password; guessing the current one is slowed down as at a login,
  /// since whoever has found a token may ask.
  void changePassword(String name, String current, String fresh, String address) {
    admit(name, address);
    if (!accounts.changePassword(name, current, fresh)) {
      audit.append(name, "password.failed", address);
      throw Problem.invalid("current", "is not the password");
    }
    throttle.right(name);
  }

  /// Ends a login. Unknown tokens are no error.
  void revoke(String token) {
    refreshTokens.revoke(token).ifPresent(user -> audit.append(user, "logout", ""));
  }

  private Optional<Granted> refreshed(Used used, String address) {
    Account account = find(used.user(), Kind.PERSON);
    if (account == null) {
      return Optional.empty();
    }
    return refreshTokens
        .next(used)
        .map(
            next -> {
              audit.append(account.name(), "token.refresh", address);
              return granted(account, next);
            });
  }

  private void admit(String name, String address) {
    if (!throttle.allows(name, address)) {
      throw new Throttled();
    }
  }

  private void refused(@Nullable Account account, String address) {
    if (account != null) {
      audit.append(account.name(), "login.failed", address);
    }
  }

  private @Nullable Account find(String name, Kind kind) {
    return accounts
        .find(name)
        .filter(account -> account.kind() == kind && !account.disabled())
        .orElse(null);
  }

  private Granted granted(Account account, @Nullable String refresh) {
    String token = issuer.issue(account.name(), account.roles(), settings.accessLifetime());
    return new Granted(token, settings.accessLifetime().toSeconds(), refresh);
  }
}
