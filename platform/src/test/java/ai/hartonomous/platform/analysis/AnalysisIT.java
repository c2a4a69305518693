package ai.hartonomous.platform.analysis;

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
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AnalysisIT {
  private static final String[] WORDS = "a b c d e f g h i j k l m n o p q".split(" ");

  private final TestServer server = TestServer.shared();

  private String model(String user, Path folder) throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), folder.resolve("m"), Dtype.F32, null);
    Files.writeString(
        folder.resolve("m/vocab.json"),
        new JsonMapper().writeValueAsString(Map.of("tokens", WORDS)));
    return upload(user, folder.resolve("m"));
  }

  private String upload(String user, Path folder) throws Exception {
    Answer answer =
        server.send(
            user,
            "POST",
            "/v1/models?name=m",
            BodyPublishers.ofByteArray(Tars.of(folder)),
            "application/x-tar");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return "/v1/models/" + answer.json().get("id").asString();
  }

  private String corpus(String user) throws Exception {
    var random = new SplittableRandom(1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(i % 8 == 7 ? "<|endoftext|>" : " ");
    }
    return server
        .send(
            user,
            "POST",
            "/v1/corpora?name=" + UUID.randomUUID(),
            BodyPublishers.ofString(text.toString()),
            "text/plain")
        .json()
        .get("id")
        .asString();
  }

  /// {@return the job that ended}
  private JsonNode done(String user, Answer accepted) throws Exception {
    assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
    server.get(user, accepted.header("Location") + "/events"); // ends with the job
    return server.get(user, accepted.header("Location")).json();
  }

  private String transcoders(String user, String model) throws Exception {
    String request =
        "{\"corpusId\":\"%s\",\"latents\":32,\"k\":4,\"steps\":30,\"batch\":64,\"length\":8}"
            .formatted(corpus(user));
    JsonNode job = done(user, server.post(user, model + "/transcoders", request));
    assertThat(job.get("state").asString()).as(job.toString()).isEqualTo("succeeded");
    return job.at("/result/analysisId").asString();
  }

  @Test
  void trainsTranscodersAndTracesAGraph(@TempDir Path folder) throws Exception {
    String model = model("anna", folder);
    String id = transcoders("anna", model);

    JsonNode coders = server.get("anna", model + "/transcoders/" + id).json();
    assertThat(coders.at("/report/steps").asInt()).isEqualTo(30);
    assertThat(coders.at("/report/coders/0/latents").asInt()).isEqualTo(32);
    assertThat(coders.get("files").toString()).contains("layers.0.mlp/sae.safetensors");

    String ask = "{\"transcodersId\":\"%s\",\"prompt\":\"a b c d\",\"trials\":4}".formatted(id);
    JsonNode job = done("anna", server.post("anna", model + "/graphs", ask));
    assertThat(job.get("state").asString()).as(job.toString()).isEqualTo("succeeded");
    String graph = model + "/graphs/" + job.at("/result/analysisId").asString();
    JsonNode report = server.get("anna", graph).json().get("report");
    assertThat(report.at("/conservation/worst").asDouble()).isLessThan(1e-4);
    JsonNode file = server.get("anna", graph + "/files?path=graph.json").json();
    assertThat(file.at("/metadata/prompt").asString()).isEqualTo("a b c d");
    assertThat(file.get("links")).isNotEmpty();
  }

  @Test
  void describesFeaturesPageByPage(@TempDir Path folder) throws Exception {
    String model = model("fay", folder);
    String ask =
        "{\"transcodersId\":\"%s\",\"corpusId\":\"%s\",\"length\":8}"
            .formatted(transcoders("fay", model), corpus("fay"));

    JsonNode job = done("fay", server.post("fay", model + "/features", ask));

    assertThat(job.get("state").asString()).as(job.toString()).isEqualTo("succeeded");
    String path = model + "/features/" + job.at("/result/analysisId").asString();
    JsonNode report = server.get("fay", path).json().get("report");
    assertThat(report.get("tokens").asLong()).isPositive();
    String coder = report.at("/coders/0/coder").asString();
    Answer page = server.get("fay", path + "/items?coder=" + coder);
    assertThat(page.status()).as(page.body()).isEqualTo(200);
    assertThat(page.json().get("items")).hasSize(32);
    assertThat(server.get("fay", path + "/items?page=9&coder=" + coder).status()).isEqualTo(400);
    assertThat(server.get("fay", path + "/items?coder=../x").status()).isEqualTo(404);
    assertThat(server.get("eve", path + "/items?coder=" + coder).status()).isEqualTo(404);
  }

  private void suite(String user) throws Exception {
    server.send(
        user,
        "POST",
        "/v1/capabilities?name=abc",
        BodyPublishers.ofString(
            "{\"id\":\"1\",\"capability\":\"c\",\"prompt\":\"a b\",\"answer\":\" c\"}\n"),
        "application/jsonl");
  }

  @Test
  void findsComponentsThatRespondLikeACapability() throws Exception {
    String model = upload("gina", Path.of("../samples/models/clerk"));
    suite("gina");

    JsonNode job =
        done(
            "gina",
            server.post(
                "gina", model + "/capabilities", "{\"capabilities\":[\"abc\"],\"count\":3}"));

    assertThat(job.get("state").asString()).as(job.toString()).isEqualTo("succeeded");
    String path = model + "/capabilities/" + job.at("/result/analysisId").asString();
    JsonNode report = server.get("gina", path).json().get("report");
    assertThat(report.get("texts").asInt()).isEqualTo(1536);
    JsonNode hits = report.at("/capabilities/0/hits");
    assertThat(hits).hasSize(3);
    assertThat(hits.get(0).get("cosine").asDouble()).isBetween(0.0, 1.0);
    assertThat(hits.get(0).get("component").asString()).startsWith("layers.");
  }

  private static String pairs(String second) {
    return """
    {"randomSeeds":2,"pairs":[
      {"clean":"a b c","corrupted":"d b c","answers":[" e"],"wrong":[" f"]},
      {"clean":"a c b","corrupted":"d c b","answers":[" e"],"wrong":[" f"]},
      {"clean":"%s","corrupted":"d g h","answers":[" e"],"wrong":[" f"]},
      {"clean":"a h g","corrupted":"d h g","answers":[" e"],"wrong":[" f"]}]}
    """
        .formatted(second);
  }

  @Test
  void findsACircuitAndMeasuresItBesideRandomOnes(@TempDir Path folder) throws Exception {
    String model = model("iris", folder);

    JsonNode job = done("iris", server.post("iris", model + "/circuits", pairs("a g h")));

    assertThat(job.get("state").asString()).as(job.toString()).isEqualTo("succeeded");
    String path = model + "/circuits/" + job.at("/result/analysisId").asString();
    JsonNode report = server.get("iris", path).json().get("report");
    assertThat(report.get("curve")).hasSize(10);
    // The last circuit is the whole model.
    assertThat(report.at("/curve/9/f").asDouble()).isCloseTo(1, within(1e-4));
    assertThat(report.at("/randomCpr/low").asDouble())
        .isLessThanOrEqualTo(report.at("/randomCpr/high").asDouble());
    JsonNode file = server.get("iris", path + "/files?path=circuit.json").json();
    assertThat(file.get("edges")).hasSize(report.get("edges").asInt());
  }

  @Test
  void refusesPairsOfUnequalLength(@TempDir Path folder) throws Exception {
    String model = model("jana", folder);

    JsonNode job = done("jana", server.post("jana", model + "/circuits", pairs("a g")));

    assertThat(job.get("state").asString()).isEqualTo("failed");
    assertThat(job.get("failure").asString()).contains("pairs[2]");
  }

  @Test
  void failsWithAReasonWhereTheModelCannotReadTheTexts(@TempDir Path folder) throws Exception {
    String model = model("hana", folder); // knows single letters only
    suite("hana");

    JsonNode job =
        done("hana", server.post("hana", model + "/capabilities", "{\"capabilities\":[\"abc\"]}"));

    assertThat(job.get("state").asString()).isEqualTo("failed");
    assertThat(job.get("failure").asString()).doesNotContain("log");
  }

  @Test
  void hidesAnalysesOfOthersAndServesListedFilesOnly(@TempDir Path folder) throws Exception {
    String model = model("bert", folder);
    String path = model + "/transcoders/" + transcoders("bert", model);

    assertThat(server.get("eve", path).status()).isEqualTo(404);
    assertThat(server.get("eve", path + "/files?path=layers.0.mlp/cfg.json").status())
        .isEqualTo(404);
    assertThat(server.delete("eve", path).status()).isEqualTo(404);
    assertThat(server.get("bert", path + "/files?path=layers.0.mlp/cfg.json").status())
        .isEqualTo(200);
    assertThat(server.get("bert", path + "/files?path=../x").status()).isEqualTo(404);
    assertThat(server.get("bert", path.replace("transcoders", "graphs")).status()).isEqualTo(404);
    assertThat(server.delete("bert", path).status()).isEqualTo(204);
    assertThat(server.get("bert", path).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "transcoders | {}                                          | corpusId",
        "transcoders | {\"corpusId\":\"%s\"}                       | corpusId",
        "transcoders | {\"corpusId\":\"%s\",\"latents\":0}         | latents",
        "graphs      | {\"transcodersId\":\"%s\",\"prompt\":\"\"}  | prompt",
        "graphs      | {\"transcodersId\":\"%s\",\"prompt\":\"a\"} | transcodersId",
      })
  void namesTheWrongField(String kind, String body, String field, @TempDir Path folder)
      throws Exception {
    String model = model("cleo", folder);

    Answer answer =
        server.post("cleo", model + "/" + kind, body.formatted(UUID.randomUUID().toString()));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo(field);
  }

  @Test
  void failsTheJobWithoutAPathOfTheServer(@TempDir Path folder) throws Exception {
    String model = model("dora", folder);
    String corpus =
        server
            .send(
                "dora",
                "POST",
                "/v1/corpora?name=broken",
                BodyPublishers.ofString("{\"text\":1}\n"),
                "application/jsonl")
            .json()
            .get("id")
            .asString();

    JsonNode job =
        done(
            "dora",
            server.post("dora", model + "/transcoders", "{\"corpusId\":\"%s\"}".formatted(corpus)));

    assertThat(job.get("state").asString()).isEqualTo("failed");
    assertThat(job.get("failure").asString())
        .contains("corpus.jsonl")
        .contains("line 1")
        .doesNotContain(server.data().toString());
    assertThat(server.get("dora", model + "/transcoders").json().get("items")).isEmpty();
  }
}
