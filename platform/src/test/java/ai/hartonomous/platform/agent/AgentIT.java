package ai.hartonomous.platform.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class AgentIT {

  private static final String SUITE =
      "{\"id\":\"1\",\"capability\":\"c\",\"prompt\":\"a\",\"answer\":\" b\"}\n";

  private final TestServer server = TestServer.shared();

  private String model(String user, Path folder) throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), folder.resolve("m"), Dtype.F32, null);
    return server
        .send(
            user,
            "POST",
            "/v1/models?name=m",
            BodyPublishers.ofByteArray(Tars.of(folder.resolve("m"))),
            "application/x-tar")
        .json()
        .get("id")
        .asString();
  }

  private void suite(String user, String name) throws Exception {
    server.send(
        user,
        "POST",
        "/v1/capabilities?name=" + name,
        BodyPublishers.ofString(SUITE),
        "application/jsonl");
  }

  private static String request(String model, String more) {
    return """
    {"name":"n","domain":"d","sourceModelIds":["%s"],"requiredCapabilities":["mine"]%s}\
    """
        .formatted(model, more);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "maxComponents        | 99",
        "maxComponents        | 10001",
        "performanceThreshold | -0.1",
        "performanceThreshold | 1.1",
        "name                 | \"\"",
        "domain               | \"\"",
        "sourceModelIds       | []",
        "requiredCapabilities | []",
        "floors               | {\"other\": 0.5}",
        "ggufFormats          | [\"q5_0\"]",
        "ggufFormats          | [\"f32\", \"f32\"]",
        "vocabulary           | \"half\"",
        "maxParameters        | 0",
        "maxBytes             | 0",
        "minTokensPerSecond   | 0",
      })
  void namesTheWrongField(String field, String value) throws Exception {
    JsonNode good = TestServer.parse(request(UUID.randomUUID().toString(), ""));
    String body = ((ObjectNode) good).set(field, TestServer.parse(value)).toString();

    Answer answer = server.post("ada", "/v1/agents", body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo(field);
  }

  @Test
  void knowsNoModelOfOthers(@TempDir Path folder) throws Exception {
    String model = model("ada", folder);
    suite("eva", "mine");

    assertThat(server.post("eva", "/v1/agents", request(model, "")).status()).isEqualTo(404);
  }

  @Test
  void knowsNoSuiteOfOthers(@TempDir Path folder) throws Exception {
    String model = model("ida", folder);
    suite("ada", "mine");

    Answer answer = server.post("ida", "/v1/agents", request(model, ""));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo("requiredCapabilities");
  }

  @Test
  void refusesAModelThatIsNamedTwice(@TempDir Path folder) throws Exception {
    String model = model("tom", folder);
    suite("tom", "mine");

    Answer answer = server.post("tom", "/v1/agents", request(model + "\",\"" + model, ""));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo("sourceModelIds");
  }

  @Test
  void failsTheJobThatCannotWorkAndLeavesNoAgent(@TempDir Path folder) throws Exception {
    String model = model("uwe", folder); // without a tokenizer
    suite("uwe", "mine");

    Answer accepted = server.post("uwe", "/v1/agents", request(model, ""));

    assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
    String job = accepted.header("Location");
    server.get("uwe", job + "/events"); // ends with the job
    JsonNode ended = server.get("uwe", job).json();
    assertThat(ended.get("state").asString()).as(ended.toString()).isEqualTo("failed");
    assertThat(ended.get("failure").asString()).doesNotContain(server.data().toString());
    assertThat(server.get("uwe", "/v1/agents").json().get("items")).isEmpty();
  }

  @Test
  void hidesAgentsOfOthers() throws Exception {
    UUID agent = AgentFixture.store(server, "ada", "hidden", null);

    assertThat(server.get("eva", "/v1/agents/" + agent).status()).isEqualTo(404);
    assertThat(server.get("eva", "/v1/agents").body()).doesNotContain(agent.toString());
    assertThat(server.delete("eva", "/v1/agents/" + agent).status()).isEqualTo(404);
    assertThat(server.post("eva", "/v1/agents/" + agent + "/deployments", "").status())
        .isEqualTo(404);
    assertThat(server.get("ada", "/v1/agents/" + agent).status()).isEqualTo(200);
  }

  @Test
  void listsAgentsWithoutTheirLongTexts() throws Exception {
    UUID agent = AgentFixture.store(server, "list", "listed", null);

    JsonNode listed = server.get("list", "/v1/agents").json().at("/items/0");

    assertThat(listed.get("id").asString()).isEqualTo(agent.toString());
    assertThat(listed.propertyNames())
        .containsExactlyInAnyOrder(
            "id", "name", "domain", "components", "parameters", "sizeBytes", "jobId", "created");
  }

  @Test
  void deletedAgentAnswersNoMore() throws Exception {
    UUID agent = AgentFixture.store(server, "ada", "short-lived", null);
    server.post("ada", "/v1/agents/" + agent + "/deployments", "");

    assertThat(server.delete("ada", "/v1/agents/" + agent).status()).isEqualTo(204);

    assertThat(server.get("ada", "/v1/agents").body()).doesNotContain(agent.toString());
    assertThat(server.get("ada", "/openai/v1/models/short-lived").status()).isEqualTo(404);
    assertThat(server.get("ada", "/v1/deployments").body()).doesNotContain(agent.toString());
  }
}
