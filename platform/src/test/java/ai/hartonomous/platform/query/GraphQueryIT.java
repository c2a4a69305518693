package ai.hartonomous.platform.query;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Of Ann's graph: `a -> b1, b2, b3`, each `b -> c`, `c -> d`; `b2` is a head of another model than
/// the rest, `b3` is stronger than the others, and only `c` and `d` are above layer 1.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GraphQueryIT {

  private static final String ANN = "graph-query-ann";
  private static final String BOB = "graph-query-bob";

  private final TestServer server = TestServer.shared();
  private String circuit = "";
  private String model = "";

  @BeforeAll
  void store(@TempDir Path folder) throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), folder.resolve("m"), Dtype.F32, null);
    Answer uploaded =
        server.send(
            ANN,
            "POST",
            "/v1/models?name=asked",
            BodyPublishers.ofByteArray(Tars.of(folder.resolve("m"))),
            "application/x-tar");
    assertThat(uploaded.status()).as(uploaded.body()).isEqualTo(201);
    model = uploaded.json().get("id").asString();
    Answer stored =
        server.post(
            ANN,
            "/v1/circuits",
            """
            {"modelId": "%s", "features": [
              {"id": "a", "layer": 0}, {"id": "b1", "layer": 1},
              {"id": "b2", "layer": 1, "kind": "head", "modelId": "%s"}, {"id": "b3", "layer": 1},
              {"id": "c", "layer": 2}, {"id": "d", "layer": 3}],
             "relationships": [
              {"sourceId": "a", "targetId": "b1", "strength": 0.5},
              {"sourceId": "a", "targetId": "b2", "strength": 0.6},
              {"sourceId": "a", "targetId": "b3", "strength": 0.9},
              {"sourceId": "b1", "targetId": "c", "strength": 0.5},
              {"sourceId": "b2", "targetId": "c", "strength": -0.5},
              {"sourceId": "b3", "targetId": "c", "strength": 0.5},
              {"sourceId": "c", "targetId": "d", "strength": 1}]}"""
                .formatted(model, UUID.randomUUID()));
    assertThat(stored.status()).as(stored.body()).isEqualTo(201);
    circuit = stored.json().get("id").asString();
    Answer beside = server.post(ANN, "/v1/circuits", "{\"features\":[{\"id\":\"z\"}]}");
    assertThat(beside.status()).as(beside.body()).isEqualTo(201);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "from":"a" | | a b1 b2 b3
          "from":"a","depth":2,"direction":"out" | | a b1 b2 b3 c
          "from":"c","depth":2,"direction":"in" | | c b1 b2 b3 a
          "from":"a","depth":6,"minStrength":0.55 | | a b2 b3
          "from":"a","depth":3 | ,"where":{"firstLayer":2} | c d
          "from":"a","depth":3 | ,"where":{"kinds":["head"]} | b2
          "from":"a","depth":3 | ,"where":{"kinds":["feature"],"lastLayer":1} | a b1 b3
          "from":"a","depth":3 | ,"filters":[{"path":"name","value":"asked"}] | a b1 b3 c d
          "from":"a","depth":3 | ,"filters":[{"path":"name","value":"asked"}],"where":{"firstLayer":2} | c d
          "from":"a","depth":3 | ,"filters":[{"path":"name","value":"another"}] |
          """)
  void findsWhatLiesAroundAFeature(String graph, String more, String expected) throws Exception {
    for (String where : List.of("", ",\"circuitId\":\"" + circuit + "\"")) {
      JsonNode answer = query(graph + where, more == null ? "" : more);

      assertThat(ids(answer))
          .isEqualTo(expected == null ? List.of() : List.of(expected.split(" ")));
      assertThat(answer.at("/graph/complete").asBoolean()).isTrue();
    }
  }

  @Test
  void everyInfluenceComesOnOnePage() throws Exception {
    List<String> features = new ArrayList<>();
    List<String> influences = new ArrayList<>();
    String cursor = "";
    for (int pages = 0; pages < 4; pages++) {
      JsonNode page = query("\"from\":\"a\",\"depth\":3", ",\"limit\":2" + cursor);
      features.addAll(ids(page));
      for (JsonNode edge : page.at("/graph/influences")) {
        influences.add(edge.get("sourceId").asString() + edge.get("targetId").asString());
        assertThat(features)
            .contains(edge.get("sourceId").asString(), edge.get("targetId").asString());
      }
      if (!page.has("next")) {
        break;
      }
      cursor = ",\"cursor\":\"" + page.get("next").asString() + "\"";
    }

    assertThat(features).containsExactly("a", "b1", "b2", "b3", "c", "d");
    assertThat(influences)
        .containsExactlyInAnyOrder("ab1", "ab2", "ab3", "b1c", "b2c", "b3c", "cd");
  }

  @Test
  void findsTheStrongestPathsThroughWhatFits() throws Exception {
    JsonNode all = query("\"from\":\"a\",\"to\":\"d\"", "");
    JsonNode fitting =
        query(
            "\"from\":\"a\",\"to\":\"d\"",
            ",\"filters\":[{\"path\":\"name\",\"value\":\"asked\"}],\"limit\":2");

    assertThat(all.get("items"))
        .extracting(it -> it.get("strength").asDouble())
        .containsExactly(0.45, -0.3, 0.25);
    assertThat(all.at("/items/0/influences")).hasSize(3);
    assertThat(all.at("/graph/features")).hasSize(6);
    assertThat(fitting.get("items"))
        .extracting(it -> it.get("strength").asDouble())
        .containsExactly(0.45, 0.25);
    assertThat(query("\"from\":\"d\",\"to\":\"a\"", "").get("items")).isEmpty();
  }

  @ParameterizedTest(name = "{1}: {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"type":"graph"} | graph
          {"type":"graph","graph":{}} | graph.from
          {"type":"graph","graph":{"from":"a","depth":7}} | graph.depth
          {"type":"graph","graph":{"from":"a","direction":"up"}} | graph.direction
          {"type":"graph","graph":{"from":"a","minStrength":-1}} | graph.minStrength
          {"type":"graph","graph":{"from":"a","minStrength":1e999}} | graph.minStrength
          {"type":"graph","graph":{"from":"a"},"cursor":"x"} | cursor
          {"type":"graph","graph":{"from":"a"},"limit":501} | limit
          {"type":"graph","graph":{"from":"a"},"sort":{"path":"name"}} | sort
          {"type":"graph","graph":{"from":"a"},"text":"x"} | text
          {"type":"graph","graph":{"from":"a"},"precision":"exact"} | precision
          {"type":"graph","graph":{"from":"a"},"where":{"kinds":["capability"]}} | where.kinds
          {"type":"graph","graph":{"from":"a"},"filters":[{"path":"no","value":1}]} | filters[0].path
          {"type":"graph","graph":{"from":"a","to":"a"}} | graph.to
          {"type":"graph","graph":{"from":"a","to":"d","direction":"out"}} | graph.direction
          {"type":"graph","graph":{"from":"a","to":"d"},"limit":51} | limit
          {"type":"graph","graph":{"from":"a","to":"d"},"cursor":"MCBh"} | cursor
          {"type":"metadata","graph":{"from":"a"}} | graph
          {"type":"vector","graph":{"from":"a"}} | graph
          {"type":"text","graph":{"from":"a"}} | graph
          """)
  void namesTheFieldThatIsWrong(String query, String field) throws Exception {
    Answer answer = server.post(ANN, "/v1/models/query", query);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo(field);
  }

  @Test
  void showsNothingOfOtherUsersOrCircuits() throws Exception {
    String around = "{\"type\":\"graph\",\"graph\":{\"from\":\"a\"%s}}";
    String ofCircuit = ",\"circuitId\":\"" + circuit + "\"";

    assertThat(status(BOB, around.formatted(""))).isEqualTo(404);
    assertThat(status(BOB, around.formatted(ofCircuit))).isEqualTo(404);
    assertThat(status(BOB, around.formatted(",\"to\":\"d\""))).isEqualTo(404);
    Answer mine = server.post(BOB, "/v1/circuits", "{\"features\":[{\"id\":\"a\"}]}");
    assertThat(mine.status()).isEqualTo(201);
    assertThat(server.post(BOB, "/v1/models/query", around.formatted("")).json().get("items"))
        .hasSize(1);
    assertThat(status(ANN, around.replace("\"a\"", "\"z\"").formatted(ofCircuit))).isEqualTo(404);
    assertThat(status(ANN, around.replace("\"a\"", "\"nobody\"").formatted(""))).isEqualTo(404);
  }

  private int status(String user, String query) throws Exception {
    return server.post(user, "/v1/models/query", query).status();
  }

  private static List<String> ids(JsonNode answer) {
    List<String> ids = new ArrayList<>();
    answer.get("items").forEach(item -> ids.add(item.at("/feature/id").asString()));
    return ids;
  }

  private JsonNode query(String graph, String more) throws Exception {
    Answer answer =
        server.post(
            ANN,
            "/v1/models/query",
            "{\"type\":\"graph\",\"graph\":{%s}%s}".formatted(graph, more));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }
}
