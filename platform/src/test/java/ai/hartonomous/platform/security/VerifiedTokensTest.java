package ai.hartonomous.platform.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.Settings;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.proc.SecurityContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;

class VerifiedTokensTest {

  private static final int TOKENS = 100;
  private static final Duration TARGET = Duration.ofMillis(100);

  @TempDir private Path data;

  private final Settings settings = Settings.fromEnvironment();
  private final AtomicInteger signatures = new AtomicInteger();
  private final AtomicLong generation = new AtomicLong();
  private KeyRing keys;
  private TokenIssuer issuer;
  private JwtDecoder server;

  @BeforeEach
  void open() throws Exception {
    keys = KeyRing.open(data, InstantSource.system());
    issuer = new TokenIssuer(keys, settings.tokens(), InstantSource.system());
    server = new BearerTokens().tokens(settings, keys);
  }

  /// Counts the signatures that are computed.
  private VerifiedTokens counting(OAuth2TokenValidatorResult judgement) {
    var counted =
        new TokenKeys() {
          @Override
          public long generation() {
            return generation.get();
          }

          @Override
          public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) {
            return keys.get(selector, context);
          }
        };
    return new VerifiedTokens(
        text -> {
          signatures.incrementAndGet();
          return server.decode(text);
        },
        _ -> judgement,
        counted);
  }

  @Test
  void computesOneSignatureForManyRequests() {
    String token = issuer.issue("ann", Duration.ofMinutes(5));
    VerifiedTokens tokens = counting(OAuth2TokenValidatorResult.success());

    for (int i = 0; i < 10; i++) {
      assertThat(tokens.decode(token).getSubject()).isEqualTo("ann");
    }

    assertThat(signatures).hasValue(1);
  }

  @Test
  void computesAgainWhenAKeyIsGone() {
    String token = issuer.issue("ann", Duration.ofMinutes(5));
    VerifiedTokens tokens = counting(OAuth2TokenValidatorResult.success());

    tokens.decode(token);
    generation.incrementAndGet();
    tokens.decode(token);

    assertThat(signatures).hasValue(2);
  }

  @Test
  void remembersNothingWhileKeysCannotBeReliedOn() {
    generation.set(-1);
    String token = issuer.issue("ann", Duration.ofMinutes(5));
    VerifiedTokens tokens = counting(OAuth2TokenValidatorResult.success());

    tokens.decode(token);
    tokens.decode(token);

    assertThat(signatures).hasValue(2);
  }

  @Test
  void oneChangedLetterIsAnotherToken() {
    String token = issuer.issue("ann", Duration.ofMinutes(5));
    server.decode(token);
    int dot = token.lastIndexOf('.');
    char changed = token.charAt(dot + 9) == 'A' ? 'B' : 'A';
    String forged = token.substring(0, dot + 9) + changed + token.substring(dot + 10);

    assertThatThrownBy(() -> server.decode(forged)).isInstanceOf(BadJwtException.class);
  }

  @Test
  void judgesClaimsAtEachRequest() {
    String token = issuer.issue("ann", Duration.ofMinutes(5));
    VerifiedTokens strict =
        counting(OAuth2TokenValidatorResult.failure(new OAuth2Error("expired")));

    assertThatThrownBy(() -> strict.decode(token)).isInstanceOf(BadJwtException.class);
  }

  @Test
  void authenticatesFarWithinTheTarget() {
    var tokens = new ArrayList<String>();
    for (int i = 0; i < TOKENS; i++) {
      tokens.add(issuer.issue("user" + i, Duration.ofMinutes(5)));
    }
    server.decode(issuer.issue("warm-up", Duration.ofMinutes(5)));

    long[] first = times(tokens);
    long[] again = times(tokens);

    System.out.printf(
        "authentication, RSA-3072: first p50 %.3f ms, p99 %.3f ms; again p50 %.4f ms%n",
        first[TOKENS / 2] / 1e6, first[TOKENS - 2] / 1e6, again[TOKENS / 2] / 1e6);
    assertThat(Duration.ofNanos(first[TOKENS - 2])).isLessThan(TARGET);
    assertThat(again[TOKENS / 2]).isLessThan(first[TOKENS / 2]);
  }

  private long[] times(List<String> tokens) {
    long[] nanos = new long[tokens.size()];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      server.decode(tokens.get(i));
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos;
  }
}
