package ai.hartonomous.platform.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryIT {

  private static final String ANN = "query-ann";
  private static final String BOB = "query-bob";

  private final TestServer server = TestServer.shared();
  private String probed = "";

  /// Seven models `m0` to `m6` of rising training steps; `m6` states none. Bob has one of his own.
  @BeforeAll
  void models(@TempDir Path folder) throws Exception {
    for (int i = 0; i < 7; i++) {
      String state =
          "{\"global_step\": %d, \"best_metric\": %s, \"max_steps\": 100}"
              .formatted(100 * i, i % 2 == 0 ? "0.5" : "null");
      upload(ANN, "m" + i, folder.resolve("m" + i), i < 6 ? state : "{}");
    }
    upload(BOB, "m0", folder.resolve("bob"), "{\"global_step\": 5}");
    probed = send(ANN, "probed", Path.of("../samples/models/clerk"));
    Answer accepted = server.post(ANN, "/v1/models/" + probed + "/embeddings", "{}");
    assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
    server.get(ANN, accepted.header("Location") + "/events"); // ends with the job
    JsonNode job = server.get(ANN, accepted.header("Location")).json();
    assertThat(job.get("state").asString()).as(job.toString()).isEqualTo("succeeded");
  }

  private String upload(String user, String name, Path folder, String state) throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), folder, Dtype.F32, null);
    Files.writeString(folder.resolve("trainer_state.json"), state);
    return send(user, name, folder);
  }

  private String send(String user, String name, Path folder) throws Exception {
    Answer answer =
        server.send(
            user,
            "POST",
            "/v1/models?name=" + name,
            BodyPublishers.ofByteArray(Tars.of(folder)),
            "application/x-tar");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().get("id").asString();
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name | eq | "m3" | m3
          name | in | ["m1","m5","x"] | m1 m5
          name | gt | "m4" | m5 m6 probed
          modelType | ne | "transformer" |
          layers | ge | 1000 |
          parameters | gt | 1 | m0 m1 m2 m3 m4 m5 m6 probed
          created | gt | "2020-01-01T00:00:00Z" | m0 m1 m2 m3 m4 m5 m6 probed
          trainingMetrics.global_step | eq | 300 | m3
          trainingMetrics.global_step | ne | 300 | m0 m1 m2 m4 m5
          trainingMetrics.global_step | lt | 150 | m0 m1
          trainingMetrics.global_step | le | 100.0 | m0 m1
          trainingMetrics.global_step | ge | 499.5 | m5
          trainingMetrics.global_step | in | [0,500] | m0 m5
          trainingMetrics.global_step | exists | false | m6 probed
          trainingMetrics.global_step | exists | true | m0 m1 m2 m3 m4 m5
          trainingMetrics.best_metric | eq | 0.5 | m0 m2 m4
          trainingMetrics.best_metric | eq | "0.5" |
          architecture.model_type | eq | "transformer" | m0 m1 m2 m3 m4 m5 m6 probed
          architecture.model_type | gt | 3 |
          architecture.model_type | in | ["transformer","x"] | m0 m1 m2 m3 m4 m5 m6 probed
          architecture.model_type | in | ["x"] |
          architecture.model_type | exists | false |
          architecture.layers | ge | 1 | m0 m1 m2 m3 m4 m5 m6 probed
          architecture.layers | gt | 999.5 |
          architecture.layers | eq | "2" |
          architecture.causal | eq | true | m0 m1 m2 m3 m4 m5 m6 probed
          architecture.no.such.thing | eq | 1 |
          """)
  void findsModelsByWhatIsKnownOfThem(String path, String op, String value, String expected)
      throws Exception {
    String query =
        "{\"type\":\"metadata\",\"filters\":[{\"path\":\"%s\",\"op\":\"%s\",\"value\":%s}]}"
            .formatted(path, op, value);

    assertThat(names(query)).isEqualTo(expected == null ? List.of() : List.of(expected.split(" ")));
  }

  @Test
  void allFiltersMustHold() throws Exception {
    assertThat(
            names(
                """
                {"type": "metadata", "filters": [
                  {"path": "trainingMetrics.global_step", "op": "gt", "value": 100},
                  {"path": "trainingMetrics.best_metric", "value": 0.5},
                  {"path": "name", "op": "ne", "value": "m4"}]}
                """))
        .containsExactly("m2");
  }

  @ParameterizedTest(name = "{0} {1}, {2} to a page")
  @CsvSource({
    "trainingMetrics.global_step, desc, 2, m5 m4 m3 m2 m1 m0 m6 probed",
    "trainingMetrics.global_step, asc, 3, m0 m1 m2 m3 m4 m5 m6 probed",
    "trainingMetrics.best_metric, asc, 1, m0 m2 m4 m1 m3 m5 m6 probed",
    "name, desc, 3, probed m6 m5 m4 m3 m2 m1 m0",
    "created, desc, 3, probed m6 m5 m4 m3 m2 m1 m0",
    "architecture.layers, asc, 3, m0 m1 m2 m3 m4 m5 m6 probed",
    "parameters, asc, 5, m0 m1 m2 m3 m4 m5 m6 probed"
  })
  void pagesThroughASortedList(String path, String order, int limit, String expected)
      throws Exception {
    List<String> found = new ArrayList<>();
    String cursor = "";
    for (int pages = 0; pages < 20; pages++) {
      JsonNode page =
          query(
              "{\"type\":\"metadata\",\"sort\":{\"path\":\"%s\",\"order\":\"%s\"},\"limit\":%d%s}"
                  .formatted(path, order, limit, cursor));
      page.get("items").forEach(item -> found.add(item.get("name").asString()));
      if (!page.has("next")) {
        break;
      }
      cursor = ",\"cursor\":\"" + page.get("next").asString() + "\"";
    }

    assertThat(found).containsExactly(expected.split(" "));
  }

  @Test
  void keepsItsPlaceWhileModelsComeIn(@TempDir Path folder) throws Exception {
    String user = "query-" + UUID.randomUUID();
    for (int i = 0; i < 4; i++) {
      upload(user, "n" + 2 * i, folder.resolve("n" + i), "{}");
    }
    String ask = "{\"type\":\"metadata\",\"sort\":{\"path\":\"name\"},\"limit\":2%s}";
    JsonNode first = server.post(user, "/v1/models/query", ask.formatted("")).json();
    upload(user, "n1", folder.resolve("before"), "{}");
    upload(user, "n5", folder.resolve("after"), "{}");

    String cursor = ",\"limit\":9,\"cursor\":\"" + first.get("next").asString() + "\"";
    String next = ask.replace(",\"limit\":2", "").formatted(cursor);
    JsonNode rest = server.post(user, "/v1/models/query", next).json();

    assertThat(rest.get("items"))
        .extracting(item -> item.get("name").asString())
        .containsExactly("n4", "n5", "n6");
  }

  @ParameterizedTest(name = "{1}: {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {} | type
          {"type":"no"} | type
          {"type":"metadata","filters":[{"path":"userId","value":"x"}]} | filters[0].path
          {"type":"metadata","filters":[{"path":"name' or 1=1 --","value":"x"}]} | filters[0].path
          {"type":"metadata","filters":[{"path":"architecture","value":"x"}]} | filters[0].path
          {"type":"metadata","filters":[{"path":"architecture.a'b","value":1}]} | filters[0].path
          {"type":"metadata","filters":[{"path":"architecture.a..b","value":1}]} | filters[0].path
          {"type":"metadata","filters":[{"path":"layers","value":"x"}]} | filters[0].value
          {"type":"metadata","filters":[{"path":"layers","value":1.5}]} | filters[0].value
          {"type":"metadata","filters":[{"path":"layers"}]} | filters[0].value
          {"type":"metadata","filters":[{"path":"name","value":{}}]} | filters[0].value
          {"type":"metadata","filters":[{"path":"created","value":"now"}]} | filters[0].value
          {"type":"metadata","filters":[{"path":"name","op":"in","value":[]}]} | filters[0].value
          {"type":"metadata","filters":[{"path":"architecture.width","op":"in","value":[1,"x"]}]} | filters[0].value
          {"type":"metadata","sort":{"path":"secret"}} | sort.path
          {"type":"metadata","limit":0} | limit
          {"type":"metadata","limit":501} | limit
          {"type":"metadata","cursor":"x"} | cursor
          {"type":"metadata","near":{"capability":"x"}} | near
          {"type":"vector"} | near
          {"type":"vector","near":{}} | near
          {"type":"vector","near":{"vector":[1,2,3]}} | near.vector
          {"type":"vector","near":{"capability":"x"}} | near.modelId
          {"type":"text","text":"a"} | modelId
          {"type":"text"} | text
          """)
  void namesTheFieldThatIsWrong(String query, String field) throws Exception {
    Answer answer = server.post(ANN, "/v1/models/query", query);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).startsWith(field);
  }

  @Test
  void findsTheComponentsNearToAComponent() throws Exception {
    JsonNode parts =
        server.get(ANN, "/v1/models/" + probed + "/components?type=head").json().get("items");
    String head = parts.get(0).get("id").asString();

    JsonNode hits =
        query(
                "{\"type\":\"vector\",\"near\":{\"componentId\":\"%s\"},\"limit\":500}"
                    .formatted(head))
            .get("items");

    assertThat(hits.size()).isGreaterThan(3);
    List<Double> cosines = new ArrayList<>();
    hits.forEach(hit -> cosines.add(hit.get("cosine").asDouble()));
    assertThat(cosines).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(hits).noneMatch(hit -> hit.path("componentId").asString("").equals(head));
    assertThat(hits).allMatch(hit -> hit.get("modelId").asString().equals(probed));
  }

  @Test
  void narrowsNearnessDown() throws Exception {
    String near =
        "{\"type\":\"vector\",\"near\":{\"vector\":%s},\"limit\":500%s}".formatted(vector(), "%s");

    JsonNode heads =
        query(near.formatted(",\"where\":{\"kinds\":[\"head\"],\"lastLayer\":0}")).get("items");
    assertThat(heads.size()).isPositive();
    assertThat(heads)
        .allMatch(
            hit -> hit.get("kind").asString().equals("head") && hit.get("layer").asInt() == 0);
    String named = ",\"filters\":[{\"path\":\"name\",\"value\":\"%s\"}]";
    assertThat(query(near.formatted(named.formatted("probed"))).get("items").size()).isPositive();
    assertThat(query(near.formatted(named.formatted("m1"))).get("items")).isEmpty();
    String exact = ",\"precision\":\"exact\"";
    assertThat(query(near.formatted(exact)).at("/items/0/path").asString())
        .isEqualTo(query(near.formatted("")).at("/items/0/path").asString());
  }

  @Test
  void findsTheComponentsThatRespondToAText() throws Exception {
    String ask = "{\"type\":\"text\",\"text\":\"a b c d\",\"modelId\":\"%s\"%s}";

    JsonNode alike = query(ask.formatted(probed, "")).get("items");
    assertThat(alike.get(0).get("cosine").asDouble()).isBetween(-1.0, 1.0);
    JsonNode busy =
        query(ask.formatted(probed, ",\"mode\":\"respond\",\"where\":{\"kinds\":[\"head\"]}"))
            .get("items");
    assertThat(busy.get(0).get("path").asString()).startsWith("layers.");
    assertThat(busy.get(0).get("deviations").asDouble())
        .isGreaterThanOrEqualTo(busy.get(1).get("deviations").asDouble());
    assertThat(busy.get(0).get("response").asDouble()).isPositive();
  }

  @Test
  void saysThatAModelWasNotEmbedded() throws Exception {
    String unprobed =
        server
            .post(ANN, "/v1/models/query", "{\"type\":\"metadata\",\"sort\":{\"path\":\"name\"}}")
            .json()
            .at("/items/0/id")
            .asString();

    Answer answer =
        server.post(
            ANN,
            "/v1/models/query",
            "{\"type\":\"text\",\"text\":\"a\",\"modelId\":\"%s\"}".formatted(unprobed));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().get("type").asString()).endsWith("not-embedded");
  }

  @Test
  void showsNothingOfOtherUsers() throws Exception {
    String head =
        server
            .get(ANN, "/v1/models/" + probed + "/components?type=head")
            .json()
            .at("/items/0/id")
            .asString();

    assertThat(server.post(BOB, "/v1/models/query", "{\"type\":\"metadata\"}").json().get("items"))
        .hasSize(1);
    assertThat(
            post(BOB, "{\"type\":\"vector\",\"near\":{\"vector\":%s}}".formatted(vector()))
                .json()
                .get("items"))
        .isEmpty();
    assertThat(
            post(BOB, "{\"type\":\"vector\",\"near\":{\"componentId\":\"%s\"}}".formatted(head))
                .status())
        .isEqualTo(404);
    assertThat(
            post(BOB, "{\"type\":\"text\",\"text\":\"a\",\"modelId\":\"%s\"}".formatted(probed))
                .status())
        .isEqualTo(404);
    assertThat(
            post(
                    BOB,
                    "{\"type\":\"vector\",\"near\":{\"capability\":\"x\",\"modelId\":\"%s\"}}"
                        .formatted(probed))
                .status())
        .isEqualTo(404);
  }

  @Test
  void theCosineOfAVectorWithItselfIsOne() throws Exception {
    JsonNode hits =
        query("{\"type\":\"vector\",\"near\":{\"vector\":%s},\"limit\":1}".formatted(vector()))
            .get("items");
    String path = hits.get(0).get("path").asString();
    String id = hits.get(0).get("embeddingId").asString();

    JsonNode near =
        query("{\"type\":\"vector\",\"near\":{\"embeddingId\":\"%s\"},\"limit\":500}".formatted(id))
            .get("items");

    assertThat(near).noneMatch(hit -> hit.get("path").asString().equals(path));
    assertThat(hits.get(0).get("cosine").asDouble()).isCloseTo(0, within(1.0));
  }

  private List<String> names(String query) throws Exception {
    List<String> names = new ArrayList<>();
    query(query).get("items").forEach(item -> names.add(item.get("name").asString()));
    return names;
  }

  private JsonNode query(String query) throws Exception {
    Answer answer = post(ANN, query);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private Answer post(String user, String query) throws Exception {
    return server.post(user, "/v1/models/query", query);
  }

  private static String vector() {
    var text = new StringBuilder("[");
    for (int i = 0; i < 1536; i++) {
      text.append(i == 0 ? "" : ",")
          .append(String.format(Locale.ROOT, "%.4f", Math.sin(i * 12.9898) * 0.5));
    }
    return text.append("]").toString();
  }
}
