package ai.hartonomous.platform.security;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.TestServer;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationIT {

  @TempDir private Path data;

  private String token() throws Exception {
    return TokenIssuer.open(data, Settings.fromEnvironment().tokens(), InstantSource.system())
        .issue("ann", Duration.ofMinutes(5));
  }

  private static int status(TestServer server, String token) throws Exception {
    return server
        .send(server.request("/v1/jobs").header("Authorization", "Bearer " + token))
        .status();
  }

  private static int statusOnceItIs(int wanted, TestServer server, String token) throws Exception {
    Instant end = Instant.now().plusSeconds(20);
    int status = status(server, token);
    while (status != wanted && Instant.now().isBefore(end)) {
      Thread.sleep(50);
      status = status(server, token);
    }
    return status;
  }

  @Test
  void runningServerTakesNewKeysAndForgetsOnesThatLeaked() throws Exception {
    try (var server = new TestServer(data)) {
      String old = token();
      assertThat(status(server, old)).isEqualTo(200);

      KeyRing.rotate(data, "ES256", Duration.ofHours(1));
      String fresh = token();
      assertThat(SignedJWT.parse(fresh).getHeader().getAlgorithm().getName()).isEqualTo("ES256");
      assertThat(statusOnceItIs(200, server, fresh)).isEqualTo(200);
      assertThat(status(server, old)).isEqualTo(200);

      KeyRing.rotate(data, "RS256", Duration.ZERO);
      assertThat(statusOnceItIs(401, server, old)).isEqualTo(401);
      assertThat(status(server, fresh)).isEqualTo(401);
      assertThat(status(server, token())).isEqualTo(200);
    }
  }

  @Test
  void oldKeysEndWithTheirTime() throws Exception {
    String first = SignedJWT.parse(token()).getHeader().getKeyID();
    KeyRing.rotate(data, "RS256", Duration.ofHours(1));

    var now = KeyRing.open(data, InstantSource.system());
    var later = KeyRing.open(data, InstantSource.fixed(Instant.now().plusSeconds(3_700)));
    assertThat(ids(now)).hasSize(2).contains(first);
    assertThat(ids(later)).hasSize(1).doesNotContain(first);
  }

  @Test
  void publishesNoPrivateKeyAndKeepsNoneThatWasReplaced() throws Exception {
    token();
    KeyRing.rotate(data, "ES256", Duration.ofHours(1));

    String published = KeyRing.open(data, InstantSource.system()).publicKeys();
    assertThat(JWKSet.parse(published).getKeys()).hasSize(2).noneMatch(JWK::isPrivate);
    String file = Files.readString(data.resolve("keys/issuer.json"));
    assertThat(JWKSet.parse(file).getKeys()).filteredOn(JWK::isPrivate).hasSize(1);
  }

  private static List<String> ids(KeyRing keys) throws Exception {
    return JWKSet.parse(keys.publicKeys()).getKeys().stream().map(JWK::getKeyID).toList();
  }

  @Test
  void readsTheSingleKeyOfAnEarlierVersion() throws Exception {
    String token = token();
    Path file = data.resolve("keys/issuer.json");
    Files.writeString(
        file, JWKSet.parse(Files.readString(file)).getKeys().getFirst().toJSONString());

    try (var server = new TestServer(data)) {
      assertThat(status(server, token)).isEqualTo(200);
    }
  }
}
