package ai.hartonomous.platform.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.Settings.Tokens;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityIT {

  private static final Tokens TOKENS =
      new Tokens("hartonomous", "hartonomous-api", Duration.ofSeconds(30));

  private final TestServer server = TestServer.shared();

  private Answer askWith(String token) throws Exception {
    return server.send(server.request("/v1/jobs").header("Authorization", "Bearer " + token));
  }

  private TokenIssuer issuer(Tokens tokens, InstantSource clock) throws Exception {
    return TokenIssuer.open(server.data(), tokens, clock);
  }

  private static JWTClaimsSet goodClaims() {
    return new JWTClaimsSet.Builder()
        .issuer(TOKENS.issuer())
        .audience(TOKENS.audience())
        .subject("ann")
        .expirationTime(Date.from(Instant.now().plusSeconds(600)))
        .build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1/models", "/v1/jobs", "/v1/agents", "/openai/v1/models", "/no-such-path"})
  void refusesWithoutToken(String path) throws Exception {
    Answer answer = server.send(server.request(path));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
  }

  @Test
  void tellsWhyInAProblemDocument() throws Exception {
    Answer answer = server.send(server.request("/v1/jobs"));

    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.json().get("type").asString())
        .isEqualTo("urn:hartonomous:problem:unauthorized");
  }

  @Test
  void tellsOpenAiClientsInTheirForm() throws Exception {
    Answer answer = server.send(server.request("/openai/v1/models"));

    assertThat(answer.json().at("/error/type").asString()).isEqualTo("authentication_error");
  }

  @Test
  void acceptsTokenOfBuiltInIssuer() throws Exception {
    assertThat(
            askWith(issuer(TOKENS, InstantSource.system()).issue("ann", Duration.ofMinutes(1)))
                .status())
        .isEqualTo(200);
  }

  @Test
  void refusesExpiredToken() throws Exception {
    var yesterday = InstantSource.fixed(Instant.now().minus(Duration.ofDays(1)));

    assertThat(askWith(issuer(TOKENS, yesterday).issue("ann", Duration.ofHours(1))).status())
        .isEqualTo(401);
  }

  @Test
  void refusesTokenThatIsNotValidYet() throws Exception {
    var tomorrow = InstantSource.fixed(Instant.now().plus(Duration.ofDays(1)));

    assertThat(askWith(issuer(TOKENS, tomorrow).issue("ann", Duration.ofHours(1))).status())
        .isEqualTo(401);
  }

  @Test
  void refusesOtherAudience() throws Exception {
    var other = new Tokens(TOKENS.issuer(), "somebody-else", TOKENS.clockSkew());

    assertThat(
            askWith(issuer(other, InstantSource.system()).issue("ann", Duration.ofHours(1)))
                .status())
        .isEqualTo(401);
  }

  @Test
  void refusesOtherIssuer() throws Exception {
    var other = new Tokens("somebody-else", TOKENS.audience(), TOKENS.clockSkew());

    assertThat(
            askWith(issuer(other, InstantSource.system()).issue("ann", Duration.ofHours(1)))
                .status())
        .isEqualTo(401);
  }

  @Test
  void refusesTokenOfOtherKey(@TempDir Path otherData) throws Exception {
    String forged =
        TokenIssuer.open(otherData, TOKENS, InstantSource.system())
            .issue("ann", Duration.ofHours(1));

    assertThat(askWith(forged).status()).isEqualTo(401);
  }

  @Test
  void refusesUnsignedToken() throws Exception {
    assertThat(askWith(new PlainJWT(goodClaims()).serialize()).status()).isEqualTo(401);
  }

  @Test
  void refusesTokenSignedWithThePublicKeyAsSecret() throws Exception {
    byte[] publicKey = SigningKey.open(server.data()).toRSAPublicKey().getEncoded();
    var forged = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), goodClaims());
    forged.sign(new MACSigner(publicKey));

    assertThat(askWith(forged.serialize()).status()).isEqualTo(401);
  }

  @Test
  void answersHealthWithoutToken() throws Exception {
    assertThat(server.send(server.request("/health")).status()).isEqualTo(200);
    assertThat(server.send(server.request("/health/live")).status()).isEqualTo(200);
    assertThat(server.send(server.request("/health/ready")).status()).isEqualTo(200);
  }

  @Test
  void keepsTheKeyForItsOwnerAlone(@TempDir Path data) throws Exception {
    TokenIssuer.open(data, TOKENS, InstantSource.system());

    var rights = Files.getPosixFilePermissions(data.resolve("keys/issuer.json"));
    assertThat(PosixFilePermissions.toString(rights)).isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "../x", "ann\n", "-ann"})
  void issuesNoTokenForStrangeUser(String user) throws Exception {
    var issuer = issuer(TOKENS, InstantSource.system());

    assertThatThrownBy(() -> issuer.issue(user, Duration.ofHours(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
