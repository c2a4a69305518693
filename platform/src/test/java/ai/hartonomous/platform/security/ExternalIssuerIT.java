package ai.hartonomous.platform.security;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// A server whose tokens come from an issuer elsewhere, which really answers over HTTP, and which
/// rotates its keys. The tests are steps of one story.
@TestMethodOrder(OrderAnnotation.class)
class ExternalIssuerIT {

  @TempDir private static Path data;

  private static final AtomicInteger FETCHES = new AtomicInteger();
  private static HttpServer issuer;
  private static TestServer server;
  private static volatile List<JWK> keys = List.of();
  private static volatile boolean answers;

  @BeforeAll
  static void start() throws Exception {
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext(
        "/.well-known/openid-configuration",
        exchange ->
            send(
                exchange,
                "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(name(), name())));
    issuer.createContext(
        "/keys",
        exchange -> {
          FETCHES.incrementAndGet();
          send(exchange, new JWKSet(keys).toString(true));
        });
    issuer.start();
    var settings = new HashMap<>(TestDatabase.settings(data));
    settings.putAll(
        Map.of(
            "hartonomous.tokens.issuer",
            name(),
            "hartonomous.tokens.roles-claim",
            "realm.roles",
            "hartonomous.security.external.issuer-uri",
            name(),
            "hartonomous.security.external.fetch-again-after",
            "1s"));
    server = new TestServer(data, settings);
  }

  @AfterAll
  static void stop() {
    server.close();
    issuer.stop(0);
  }

  private static String name() {
    return "http://localhost:" + issuer.getAddress().getPort();
  }

  private static void send(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(answers ? 200 : 500, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static ECKey key(String id) throws JOSEException {
    return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
  }

  private static int status(ECKey key, String path, String role) throws Exception {
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(name())
            .audience("hartonomous-api")
            .subject("ann@lab.example")
            .claim("realm", Map.of("roles", List.of(role, "offline_access")))
            .expirationTime(Date.from(Instant.now().plusSeconds(600)))
            .build();
    var header =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .type(JOSEObjectType.JWT)
            .keyID(key.getKeyID())
            .build();
    var token = new SignedJWT(header, claims);
    token.sign(new ECDSASigner(key));
    return server
        .send(server.request(path).header("Authorization", "Bearer " + token.serialize()))
        .status();
  }

  private static int status(ECKey key) throws Exception {
    return status(key, "/v1/jobs", "user");
  }

  /// Until the server may fetch the keys again.
  private static int statusOnceItIs(int wanted, ECKey key) throws Exception {
    Instant end = Instant.now().plusSeconds(20);
    int status = status(key);
    while (status != wanted && Instant.now().isBefore(end)) {
      Thread.sleep(50);
      status = status(key);
    }
    return status;
  }

  @Test
  @Order(1)
  void cannotJudgeTokensWhileTheIssuerHasNeverAnswered() throws Exception {
    assertThat(status(key("first"))).isEqualTo(503);
  }

  @Test
  @Order(2)
  void readsRolesAndRotatedKeysAndFetchesSeldom() throws Exception {
    ECKey first = key("first");
    keys = List.of(first);
    answers = true;
    assertThat(statusOnceItIs(200, first)).isEqualTo(200);
    assertThat(status(first, "/v1/admin/no-such-path", "user")).isEqualTo(403);
    assertThat(status(first, "/v1/admin/no-such-path", "admin")).isEqualTo(404);

    ECKey second = key("second");
    keys = List.of(first, second);
    assertThat(statusOnceItIs(200, second)).isEqualTo(200);

    int before = FETCHES.get();
    Instant start = Instant.now();
    for (int i = 0; i < 50; i++) {
      assertThat(status(key("unknown" + i))).isEqualTo(401);
    }
    long seconds = Instant.now().getEpochSecond() - start.getEpochSecond() + 1;
    assertThat(FETCHES.get() - before).isLessThanOrEqualTo((int) seconds + 1);
  }

  @Test
  @Order(3)
  void keepsItsKeysWhileTheIssuerIsAway() throws Exception {
    ECKey known = key("known");
    keys = List.of(known);
    assertThat(statusOnceItIs(200, known)).isEqualTo(200);

    answers = false;
    Thread.sleep(1_100); // so that the next unknown key may ask the issuer
    assertThat(status(key("other"))).isEqualTo(401);
    assertThat(status(known)).isEqualTo(200);
    answers = true;
  }

  @Test
  @Order(4)
  void forgetsWithdrawnKeysAndRefusesTheBuiltInIssuer() throws Exception {
    ECKey withdrawn = key("withdrawn");
    keys = List.of(withdrawn);
    assertThat(statusOnceItIs(200, withdrawn)).isEqualTo(200);

    ECKey last = key("last");
    keys = List.of(last);
    assertThat(statusOnceItIs(200, last)).isEqualTo(200);
    assertThat(status(withdrawn)).isEqualTo(401);
    assertThat(server.get("ann", "/v1/jobs").status()).isEqualTo(401);
  }
}
