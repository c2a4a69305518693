package ai.hartonomous.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeIT {

  private final TestServer server = TestServer.shared();

  private static void isProblem(Answer answer, int status) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    assertThat(answer.json().path("requestId").asString())
        .isNotEmpty()
        .isEqualTo(answer.header("X-Request-Id"));
  }

  private static void names(Answer answer, String field, String message) {
    isProblem(answer, 400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo(field);
    assertThat(answer.json().at("/errors/0/message").asString()).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"surprise": 1}                      | surprise            | is not known
          {"name": {"a": 1}}                   | name                | has the wrong type
          {"sourceModelIds": ["x"]}            | sourceModelIds[0]   | is not a UUID
          {"maxComponents": "many"}            | maxComponents       | is not valid
          {"name": "a\\u0000b"}                | name                | has the wrong type
          {"name": "\\ud800"}                  | name                | has the wrong type
          """)
  void namesTheFieldOfABodyThatIsWrong(String body, String field, String message) throws Exception {
    names(server.post("edgar", "/v1/agents", body), field, message);
  }

  @Test
  void namesEveryFieldOutsideItsLimits() throws Exception {
    String body =
        "{\"name\":\"n\",\"domain\":\"d\",\"sourceModelIds\":[\"%s\"],\"requiredCapabilities\":[\"c\"]}"
            .formatted(UUID.randomUUID())
            .replace("\"n\"", "\" \"")
            .replace("}", ",\"maxComponents\":99}");

    Answer answer = server.post("edgar", "/v1/agents", body);

    isProblem(answer, 400);
    assertThat(answer.json().path("errors").findValuesAsString("field"))
        .containsExactlyInAnyOrder("name", "maxComponents");
  }

  @Test
  void namesTheValuesOfAnEnumeration() throws Exception {
    String body =
        "{\"pairs\":[{\"clean\":\"a\",\"corrupted\":\"b\",\"answers\":[\"c\"],\"wrong\":[\"d\"]}],"
            + "\"method\":\"magic\"}";

    names(
        server.post("edgar", "/v1/models/" + UUID.randomUUID() + "/circuits", body),
        "method",
        "eap_ig_inputs");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/models/not-a-uuid, id",
    "/v1/models?limit=many, limit",
    "/v1/models?limit=0, limit",
    "/v1/models?cursor=%C3%A9, cursor",
    "/v1/models?cursor=%00, query"
  })
  void namesTheParameterThatIsWrong(String path, String field) throws Exception {
    names(server.get("edgar", path), field, "");
  }

  @Test
  void namesTheParameterThatIsMissing() throws Exception {
    names(
        server.send("edgar", "POST", "/v1/corpora", BodyPublishers.ofString("a"), "text/plain"),
        "name",
        "is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "nonsense", "[1,", "{\"a\":NaN}"})
  void refusesWhatIsNoJson(String body) throws Exception {
    isProblem(server.post("edgar", "/v1/agents", body), 400);
  }

  @Test
  void refusesJsonNestedWithoutEnd() throws Exception {
    isProblem(server.post("edgar", "/v1/agents", "{\"name\":".repeat(5000)), 400);
  }

  @Test
  void refusesBodyAboveTheLimit() throws Exception {
    String body = "{\"name\":\"" + "x".repeat(1_100_000) + "\"}";

    isProblem(server.post("edgar", "/v1/agents", body), 413);
  }

  @Test
  void refusesOtherForms() throws Exception {
    isProblem(
        server.send("edgar", "POST", "/v1/agents", BodyPublishers.ofString("<a/>"), "text/xml"),
        415);
    isProblem(
        server.send(
            "edgar", "PUT", "/v1/agents", BodyPublishers.ofString("{}"), "application/json"),
        405);
    HttpRequest.Builder image =
        server
            .request("/v1/agents")
            .header("Authorization", "Bearer " + server.token("edgar"))
            .header("Accept", "image/png");
    isProblem(server.send(image), 406);
    isProblem(server.get("edgar", "/v1/nothing-here"), 404);
  }

  @Test
  void keepsTheClientsRequestId() throws Exception {
    assertThat(withId("client-1.a_b").header("X-Request-Id")).isEqualTo("client-1.a_b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "-a", "a\tb", "<script>", "\u00e9"})
  void givesStrangeRequestsIdsOfItsOwn(String strange) throws Exception {
    String id = withId(strange).header("X-Request-Id");

    assertThat(UUID.fromString(id)).hasToString(id);
  }

  private Answer withId(String id) throws Exception {
    return server.send(
        server
            .request("/v1/jobs")
            .header("Authorization", "Bearer " + server.token("edgar"))
            .header("X-Request-Id", id));
  }

  @Test
  void refusesWithoutTokenUnderAnIdToo() throws Exception {
    isProblem(server.send(server.request("/v1/jobs")), 401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/models HTTP/1.1\r\nHost: x\r\nX-Long: LONG\r\n\r\n",
        "GET /v1/mo|dels HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\n\r\n",
        "GET /v1/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /v1/models;a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      })
  void answersWhatIsHardlyARequestWithAProblem(String request) throws Exception {
    String answer = exchange(request.replace("LONG", "x".repeat(20_000)));

    assertThat(answer).matches("(?s)HTTP/1.1 4\\d\\d .*");
    assertThat(answer)
        .contains("application/problem+json")
        .contains("urn:hartonomous:problem:")
        .doesNotContain("Tomcat")
        .doesNotContain("<html");
  }

  private String exchange(String request) throws IOException {
    int port = server.request("/").build().uri().getPort();
    try (var socket = new Socket("localhost", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
