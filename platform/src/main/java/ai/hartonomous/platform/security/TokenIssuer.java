package ai.hartonomous.platform.security;

import ai.hartonomous.platform.Settings;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// The built-in issuer: signs bearer tokens (RS256 or ES256) with the key of the data folder.
public final class TokenIssuer {

  private static final Pattern USER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,254}");

  private final KeyRing keys;
  private final Settings.Tokens settings;
  private final InstantSource clock;

  /// Makes an issuer.
  ///
  /// @param keys what it signs with
  /// @param settings what its tokens say
  /// @param clock time of issue
  public TokenIssuer(KeyRing keys, Settings.Tokens settings, InstantSource clock) {
    this.keys = keys;
    this.settings = settings;
    this.clock = clock;
  }

  /// {@return the issuer of a data folder; its key is made if there is none}
  ///
  /// @param data the data folder
  /// @param settings what its tokens say
  /// @param clock time of issue
  /// @throws IOException if the key can neither be read nor made
  public static TokenIssuer open(Path data, Settings.Tokens settings, InstantSource clock)
      throws IOException {
    return new TokenIssuer(KeyRing.open(data, clock), settings, clock);
  }

  /// {@return a signed token with the role `user`}
  ///
  /// @param user its subject: letters, digits and `._@+-`, at most 255
  /// @param lifetime how long it is good for; above 0
  /// @throws IllegalArgumentException if the user or the lifetime is not as said
  public String issue(String user, Duration lifetime) {
    return issue(user, Set.of(Role.USER), lifetime);
  }

  /// {@return a signed token}
  ///
  /// @param user its subject: letters, digits and `._@+-`, at most 255
  /// @param roles what the user may do
  /// @param lifetime how long it is good for; above 0, at most the longest that the settings allow
  /// @throws IllegalArgumentException if the user or the lifetime is not as said
  public String issue(String user, Set<Role> roles, Duration lifetime) {
    checkUser(user);
    if (!lifetime.isPositive() || lifetime.compareTo(settings.maxLifetime()) > 0) {
      throw new IllegalArgumentException(
          "a token must live longer than PT0S and at most %s: %s"
              .formatted(settings.maxLifetime(), lifetime));
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
            .claim(settings.rolesClaim(), roles.stream().sorted().map(Role::text).toList())
            .jwtID(UUID.randomUUID().toString())
            .build();
    return sign(claims);
  }

  /// {@return `user` itself}
  ///
  /// @param user the name of a user
  /// @throws IllegalArgumentException if it is not 1 to 255 letters, digits and `._@+-`
  public static String checkUser(String user) {
    if (!isUser(user)) {
      throw new IllegalArgumentException(
          "a user is 1 to 255 letters, digits and ._@+- and begins with a letter or digit");
    }
    return user;
  }

  /// {@return whether a text can be the name of a user of the built-in issuer}
  ///
  /// @param text any text
  public static boolean isUser(String text) {
    return USER.matcher(text).matches();
  }

  private String sign(JWTClaimsSet claims) {
    JWK key = keys.signing();
    boolean curve = key instanceof ECKey;
    var header =
        new JWSHeader.Builder(curve ? JWSAlgorithm.ES256 : JWSAlgorithm.RS256)
            .type(new JOSEObjectType("at+jwt")) // RFC 9068
            .keyID(key.getKeyID())
            .build();
    var token = new SignedJWT(header, claims);
    try {
      JWSSigner signer = curve ? new ECDSASigner(key.toECKey()) : new RSASSASigner(key.toRSAKey());
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("this Java cannot sign with " + header.getAlgorithm(), e);
    }
    return token.serialize();
  }
}
