package ai.hartonomous.platform.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CircuitIT {

  private static final String[] WORDS = "a b c d e f g h i j k l m n o p q".split(" ");
  private static final String BODY =
      """
      {"name": "c", "features": [
        {"id": "f/1", "name": "cities", "activation": 1.5, "sparsity": 0.1,
         "interpretation": "names of cities", "layer": 2, "coder": "layers.2.mlp", "index": 7},
        {"id": "f/2"}, {"id": "f/3"}],
       "relationships": [
        {"sourceId": "f/1", "targetId": "f/2", "strength": 0.5, "confidence": 0.9,
         "method": "patching"},
        {"sourceId": "f/2", "targetId": "f/3", "strength": -2},
        {"sourceId": "f/1", "targetId": "f/3", "strength": 0.25}]}""";

  private final TestServer server = TestServer.shared();
  private final String user = "u" + UUID.randomUUID();

  private String circuit() throws Exception {
    Answer answer = server.post(user, "/v1/circuits", BODY);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(answer.header("Location")).endsWith(answer.json().get("id").asString());
    return answer.header("Location");
  }

  @Test
  void storesACircuitOnce() throws Exception {
    String circuit = circuit();

    Answer again = server.post(user, "/v1/circuits", BODY);

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.header("Location")).isEqualTo(circuit);
    assertThat(server.get(user, "/v1/circuits").json().get("items")).hasSize(1);
    assertThat(server.get(user, circuit).json().get("features").asInt()).isEqualTo(3);
  }

  @Test
  void answersWhatLiesAround() throws Exception {
    String circuit = circuit();

    JsonNode around =
        server.get(user, circuit + "/neighbours?feature=f/1&depth=2&direction=out").json();

    assertThat(around.at("/features/0/feature/interpretation").asString())
        .as(around.toString())
        .isEqualTo("names of cities");
    assertThat(around.get("features")).hasSize(3);
    assertThat(around.at("/features/1/distance").asInt()).isEqualTo(1);
    assertThat(around.get("influences")).hasSize(3);
    assertThat(around.get("truncated").asBoolean()).isFalse();
    assertThat(server.get(user, "/v1/graph/neighbours?feature=f/2").json().get("features"))
        .hasSize(3);
  }

  @Test
  void answersTheStrongestPathsFirst() throws Exception {
    JsonNode found = server.get(user, circuit() + "/paths?from=f/1&to=f/3").json();

    assertThat(found.at("/paths/0/strength").asDouble()).isEqualTo(-1.0);
    assertThat(found.at("/paths/0/influences")).hasSize(2);
    assertThat(found.at("/paths/1/strength").asDouble()).isEqualTo(0.25);
    assertThat(found.get("features")).hasSize(3);
    assertThat(found.get("complete").asBoolean()).isTrue();
  }

  @Test
  void answersTheMostCentralFirst() throws Exception {
    JsonNode items = server.get(user, circuit() + "/centrality").json().get("items");

    assertThat(items).hasSize(3);
    assertThat(items.at("/0/feature/id").asString()).isEqualTo("f/3");
    assertThat(items.at("/0/inStrength").asDouble()).isEqualTo(2.25);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "node-link|{\"source\":\"f/1\",\"target\":\"f/2\",\"strength\":0.5",
        "graphml|<edge source=\"f/1\" target=\"f/2\"><data key=\"strength\">0.5</data>",
        "cypher|MERGE (s)-[r:INFLUENCES]->(t) SET r += {strength: 0.5, confidence: 0.9"
      })
  void exports(String format, String part) throws Exception {
    Answer export = server.get(user, circuit() + "/export?format=" + format);

    assertThat(export.status()).isEqualTo(200);
    assertThat(export.body()).contains(part);
    assertThat(server.get("eve", "/v1/graph/export?format=" + format).body()).doesNotContain("f/1");
  }

  @Test
  void hidesCircuitsOfOthers() throws Exception {
    String circuit = circuit();

    for (String path :
        new String[] {
          "", "/neighbours?feature=f/1", "/paths?from=f/1&to=f/2", "/centrality", "/export"
        }) {
      assertThat(server.get("eve", circuit + path).status()).as(path).isEqualTo(404);
    }
    assertThat(server.delete("eve", circuit).status()).isEqualTo(404);
    assertThat(server.get("eve", "/v1/graph/neighbours?feature=f/1").status()).isEqualTo(404);
    String borrow =
        "{\"relationships\":[{\"sourceId\":\"f/1\",\"targetId\":\"f/2\",\"strength\":1}]}";
    assertThat(server.post("eve", "/v1/circuits", borrow).status()).isEqualTo(400);
    assertThat(server.delete(user, circuit).status()).isEqualTo(204);
    assertThat(server.get(user, circuit).status()).isEqualTo(404);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|features",
        "{\"features\":[{\"id\":\"a\"},{\"id\":\"a\"}]}|features[1].id",
        "{\"features\":[{\"id\":\"a\\u0000\"}]}|features[0].id",
        "{\"features\":[{\"id\":\"a\",\"activation\":1e999}]}|features[0].activation",
        "{\"features\":[{\"name\":\"a\"}]}|features[0].id",
        "{\"features\":[{\"id\":\"a\"}],\"relationships\":[{\"sourceId\":\"a\",\"targetId\":\"b\",\"strength\":1}]}|relationships[0].targetId",
        "{\"relationships\":[{\"sourceId\":\"a\",\"targetId\":\"b\"}]}|relationships[0].strength",
        "{\"features\":[],\"analysisId\":\"00000000-0000-0000-0000-000000000001\"}|features",
        "{\"analysisId\":\"00000000-0000-0000-0000-000000000001\"}|analysisId",
        "{\"agentId\":\"00000000-0000-0000-0000-000000000001\"}|agentId"
      })
  void namesTheWrongField(String body, String field) throws Exception {
    Answer answer = server.post(user, "/v1/circuits", body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo(field);
  }

  @Test
  void refusesQuestionsThatGoTooFar() throws Exception {
    String circuit = circuit();

    for (String path :
        new String[] {
          "/neighbours",
          "/neighbours?feature=f/1&depth=7",
          "/neighbours?feature=f/1&limit=0",
          "/neighbours?feature=f/1&minStrength=NaN",
          "/neighbours?feature=f/1&direction=up",
          "/paths?from=f/1&to=f/1",
          "/paths?from=f/1&to=f/2&count=51",
          "/centrality?limit=0",
          "/export?format=png"
        }) {
      Answer answer = server.get(user, circuit + path);
      assertThat(answer.status()).as(path + answer.body()).isEqualTo(400);
    }
    assertThat(server.get(user, circuit + "/paths?from=f/1&to=nobody").status()).isEqualTo(404);
  }

  @Test
  void takesWhatAnAnalysisMeasured(@TempDir Path folder) throws Exception {
    String id = model(folder).get("id").asString();
    String ask =
        """
        {"pairs": [
          {"clean": "a b c", "corrupted": "d b c", "answers": [" e"], "wrong": [" f"]},
          {"clean": "a c b", "corrupted": "d c b", "answers": [" e"], "wrong": [" f"]},
          {"clean": "a g h", "corrupted": "d g h", "answers": [" e"], "wrong": [" f"]},
          {"clean": "a h g", "corrupted": "d h g", "answers": [" e"], "wrong": [" f"]}],
         "randomSeeds": 1}""";
    Answer accepted = server.post(user, "/v1/models/" + id + "/circuits", ask);
    assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
    server.get(user, accepted.header("Location") + "/events"); // ends with the job
    String analysis =
        server.get(user, accepted.header("Location")).json().at("/result/analysisId").asString();

    await(() -> circuits().size() == 1);

    JsonNode circuit = circuits().get(0);
    assertThat(circuit.at("/origin/analysisId").asString()).isEqualTo(analysis);
    assertThat(circuit.at("/origin/modelId").asString()).isEqualTo(id);
    Answer again = server.post(user, "/v1/circuits", "{\"analysisId\":\"%s\"}".formatted(analysis));
    assertThat(again.status()).as(again.body()).isEqualTo(200);
    assertThat(again.json().get("id")).isEqualTo(circuit.get("id"));
    JsonNode export = server.get(user, again.header("Location") + "/export").json();
    assertThat(export.get("links")).isNotEmpty();
    assertThat(export.at("/links/0/method").asString()).isEqualTo("eap_ig_inputs");
    assertThat(export.get("nodes").toString()).contains(id + "/layers.");
    server.delete(user, "/v1/models/" + id + "/circuits/" + analysis);
    await(() -> circuits().isEmpty());
  }

  private JsonNode model(Path folder) throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), folder.resolve("m"), Dtype.F32, null);
    Files.writeString(
        folder.resolve("m/vocab.json"),
        new JsonMapper().writeValueAsString(Map.of("tokens", WORDS)));
    Answer model =
        server.send(
            user,
            "POST",
            "/v1/models?name=m",
            BodyPublishers.ofByteArray(Tars.of(folder.resolve("m"))),
            "application/x-tar");
    assertThat(model.status()).as(model.body()).isEqualTo(201);
    return model.json();
  }

  @Test
  void takesWhatAnAgentRetains(@TempDir Path folder) throws Exception {
    JsonNode model = model(folder);
    String hash = model.get("contentHash").asString();
    UUID agent = AgentFixture.storeRetaining(server, user, model.get("id").asString(), hash);

    await(() -> circuits().size() == 1);
    assertThat(circuits().get(0).at("/origin/agentId").asString()).isEqualTo(agent.toString());
    String aim = "agent/" + agent;
    JsonNode around = server.get(user, "/v1/graph/neighbours?feature=" + aim).json();
    assertThat(around.get("features")).hasSize(3);
    assertThat(around.at("/influences/0/evidence/method").asString()).isEqualTo("eap_ig");
    String head = around.at("/features/1/feature/id").asString();
    assertThat(server.get(user, "/v1/graph/agents?feature=" + head).json().get("items"))
        .extracting(JsonNode::asString)
        .containsExactly(agent.toString());

    server.delete(user, "/v1/agents/" + agent);

    await(() -> circuits().isEmpty());
    assertThat(server.get(user, "/v1/graph/agents?feature=" + head).status()).isEqualTo(404);
  }

  private JsonNode circuits() throws Exception {
    return server.get(user, "/v1/circuits").json().get("items");
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      Thread.sleep(20);
    }
  }
}
