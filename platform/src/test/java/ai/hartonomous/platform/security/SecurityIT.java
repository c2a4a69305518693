package ai.hartonomous.platform.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityIT {

  private static final Settings.Tokens TOKENS = Settings.fromEnvironment().tokens();

  /// Of each kind: reading, writing, searching, inference, administration, nothing at all.
  private static final Map<String, String> OPERATIONS =
      Map.of(
          "/v1/jobs", "GET",
          "/v1/agents", "POST",
          "/v1/models/query", "POST",
          "/openai/v1/models", "GET",
          "/v1/admin/users", "GET",
          "/v1/models/00000000-0000-0000-0000-000000000000", "DELETE",
          "/no-such-path", "GET");

  private final TestServer server = TestServer.shared();

  private Answer askWith(String token) throws Exception {
    return server.send(server.request("/v1/jobs").header("Authorization", "Bearer " + token));
  }

  static Stream<Arguments> badTokens() throws Exception {
    return new BadTokens(TestServer.shared().data())
        .all().entrySet().stream().map(bad -> Arguments.of(bad.getKey(), bad.getValue()));
  }

  @ParameterizedTest(name = "a token {0}")
  @MethodSource("badTokens")
  void refuses(String what, String token) throws Exception {
    for (var operation : OPERATIONS.entrySet()) {
      Answer answer =
          server.send(
              server
                  .request(operation.getKey())
                  .method(operation.getValue(), BodyPublishers.noBody())
                  .header("Authorization", "Bearer " + token));

      assertThat(answer.status()).as(what + operation.getKey()).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
      assertThat(answer.body()).contains("unauthorized").doesNotContain("Exception");
    }
  }

  @Test
  void acceptsTheTokenThatTheBadOnesWereMadeFrom() throws Exception {
    assertThat(askWith(new BadTokens(server.data()).good()).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "Basic YW5uOmFubg==", "Bearer a b", "Bearer: x", "Digest x"})
  void refusesOtherHeaders(String header) throws Exception {
    Answer answer = server.send(server.request("/v1/jobs").header("Authorization", header));

    assertThat(answer.status()).isEqualTo(401);
  }

  @Test
  void refusesTwoHeaders() throws Exception {
    String good = "Bearer " + server.token("ann");
    Answer answer =
        server.send(
            server.request("/v1/jobs").header("Authorization", good).header("Authorization", good));

    assertThat(answer.status()).isEqualTo(401);
  }

  @Test
  void refusesTokenInTheAddress() throws Exception {
    Answer answer = server.send(server.request("/v1/jobs?access_token=" + server.token("ann")));

    assertThat(answer.status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/jobs/../../health", "/health/..;/v1/jobs", "/health;/../v1/jobs"})
  void noSpellingOfAPathLeadsAround(String path) throws Exception {
    assertThat(status("GET " + path + " HTTP/1.1")).isIn(400, 401);
  }

  private int status(String requestLine) throws Exception {
    URI address = server.request("/").build().uri();
    try (var socket = new Socket(address.getHost(), address.getPort())) {
      socket
          .getOutputStream()
          .write(
              (requestLine + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      var reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      return Integer.parseInt(reader.readLine().split(" ")[1]);
    }
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
  void keepsAdministrationFromUsersAndPublishers() throws Exception {
    var issuer = TokenIssuer.open(server.data(), TOKENS, InstantSource.system());
    for (Role role : Role.values()) {
      String token = issuer.issue("ann", Set.of(role), Duration.ofMinutes(1));
      for (String path : List.of("/v1/admin/no-such-path", "/v1/%61dmin/no-such-path")) {
        Answer answer =
            server.send(server.request(path).header("Authorization", "Bearer " + token));

        assertThat(answer.status()).as(role.text()).isEqualTo(role == Role.ADMIN ? 404 : 403);
      }
    }
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
    var issuer = TokenIssuer.open(server.data(), TOKENS, InstantSource.system());

    assertThatThrownBy(() -> issuer.issue(user, Duration.ofHours(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
