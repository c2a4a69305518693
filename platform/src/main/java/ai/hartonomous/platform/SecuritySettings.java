package ai.hartonomous.platform;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Who may come in: settings below `hartonomous.security`.
///
/// @param external an issuer of tokens elsewhere, which takes the place of the built-in one; null
///   for the built-in one
/// @param logins tokens that the built-in issuer gives over HTTP
/// @param browsers pages of other origins that may call this server
public record SecuritySettings(
    @Nullable External external, @DefaultValue Logins logins, @DefaultValue Browsers browsers) {

  /// An OpenID Connect issuer. Its name is `hartonomous.tokens.issuer`.
  ///
  /// @param issuerUri where its discovery document is found, without `/.well-known/...`; null if
  ///   `jwkSetUri` is given
  /// @param jwkSetUri where its keys are found; goes before discovery
  /// @param keysFor how long its keys are good before they are fetched again
  /// @param fetchAgainAfter least time between two fetches, whatever tokens come in
  /// @param keysForWithoutAnswer how long old keys serve while it does not answer
  public record External(
      @Nullable URI issuerUri,
      @Nullable URI jwkSetUri,
      @DefaultValue("5m") Duration keysFor,
      @DefaultValue("10s") Duration fetchAgainAfter,
      @DefaultValue("1h") Duration keysForWithoutAnswer) {

    /// Checks that the keys can be found.
    public External {
      if (issuerUri == null && jwkSetUri == null) {
        throw new IllegalArgumentException(
            "hartonomous.security.external needs issuer-uri or jwk-set-uri");
      }
    }
  }

  /// Tokens that the built-in issuer gives over HTTP.
  ///
  /// @param accessLifetime how long an access token is good for
  /// @param refreshLifetime how long after a login its refresh tokens end
  /// @param attempts wrong secrets for one name at once, before it must wait
  /// @param attemptEvery how long until one more is allowed
  /// @param attemptsFromAddress logins from one address in a minute
  public record Logins(
      @DefaultValue("15m") Duration accessLifetime,
      @DefaultValue("30d") Duration refreshLifetime,
      @DefaultValue("10") int attempts,
      @DefaultValue("30s") Duration attemptEvery,
      @DefaultValue("300") int attemptsFromAddress) {}

  /// Cross-origin requests (CORS). Without origins none is answered.
  ///
  /// @param origins origins such as `https://console.example`; `*` is refused
  /// @param maxAge how long a browser may remember the answer
  public record Browsers(@DefaultValue List<String> origins, @DefaultValue("1h") Duration maxAge) {

    /// Copies the list and checks it.
    public Browsers {
      origins = List.copyOf(origins);
      if (origins.stream().anyMatch(origin -> origin.contains("*"))) {
        throw new IllegalArgumentException("hartonomous.security.browsers.origins: name each one");
      }
    }
  }
}
