package ai.hartonomous.platform.security;

import ai.hartonomous.platform.Settings;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.UUID;
import java.util.regex.Pattern;

/// The built-in issuer: signs bearer tokens (RS256) with the key of the data folder.
public final class TokenIssuer {

  private static final Pattern USER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,254}");

  private final RSAKey key;
  private final Settings.Tokens settings;
  private final InstantSource clock;

  private TokenIssuer(RSAKey key, Settings.Tokens settings, InstantSource clock) {
    this.key = key;
    this.settings = settings;
    this.clock = clock;
  }

  /// {@return the issuer of a data folder; its key is made if there is none}
  ///
  /// @param data the data folder
  /// @param settings issuer and audience
  /// @param clock time of issue
  /// @throws IOException if the key can neither be read nor made
  public static TokenIssuer open(Path data, Settings.Tokens settings, InstantSource clock)
      throws IOException {
    return new TokenIssuer(SigningKey.open(data), settings, clock);
  }

  /// {@return a signed token}
  ///
  /// @param user its subject: letters, digits and `._@+-`, at most 255
  /// @param lifetime how long it is good for; above 0
  /// @throws IllegalArgumentException if the user or the lifetime is not as said
  public String issue(String user, Duration lifetime) {
    if (!USER.matcher(user).matches()) {
      throw new IllegalArgumentException(
          "a user is 1 to 255 letters, digits and ._@+- and begins with a letter or digit");
    }
    if (!lifetime.isPositive()) {
      throw new IllegalArgumentException("a token must live longer than " + lifetime);
    }
    Instant now = clock.instant();
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(settings.issuer())
            .audience(settings.audience())
            .subject(user)
            .issueTime(Date.from(now))
            .notBeforeTime(Date.from(now))
            .expirationTime(Date.from(now.plus(lifetime)))
            .jwtID(UUID.randomUUID().toString())
            .build();
    var header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .type(JOSEObjectType.JWT)
            .keyID(key.getKeyID())
            .build();
    var token = new SignedJWT(header, claims);
    try {
      token.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("this Java has no RS256", e);
    }
    return token.serialize();
  }
}
