package ai.hartonomous.platform.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.capability.Scorer;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.tensor.Kernels;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Two tiny models of two architectures with one vocabulary, and suites of what each of them finds
/// likely and the other does not: the way from a request for mixed experts to their answer.
class MixedAgentIT {

  private static final TestServer SERVER = TestServer.shared();
  private static final JsonMapper JSON = new JsonMapper();
  private static final int ITEMS = 16;
  private static final Map<String, String> IDS = new ConcurrentHashMap<>();
  @TempDir private static Path models;

  @BeforeAll
  static void register() throws Exception {
    Model one = Tiny.llama(1);
    Model other = Tiny.gpt2(2);
    Path words = model("llama-words", one, AgentFixture.WORDS);
    model("gpt-words", other, AgentFixture.WORDS);
    model("gpt-zwords", other, AgentFixture.ZWORDS);
    try (Kernels kernels = Kernels.of(1)) {
      var tokenizer = Tokenizers.open(words);
      var first = new Scorer(new Transformer(one, kernels), tokenizer);
      var second = new Scorer(new Transformer(other, kernels), tokenizer);
      suite("of-llama", first, second);
      suite("of-gpt", second, first);
    }
  }

  private static Path model(String name, Model model, String vocabulary) throws Exception {
    Path folder = models.resolve(name);
    HuggingFaceWriter.write(model, folder, Dtype.F32, null);
    Files.writeString(
        folder.resolve("vocab.json"),
        JSON.writeValueAsString(Map.of("tokens", vocabulary.split(" "))));
    Answer answer =
        SERVER.send(
            "mick",
            "POST",
            "/v1/models?name=" + name,
            BodyPublishers.ofByteArray(Tars.of(folder)),
            "application/x-tar");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    IDS.put(name, answer.json().get("id").asString());
    return folder;
  }

  /// Pairs of which one model prefers the second word behind a prompt, and the other model the
  /// first.
  private static void suite(String name, Scorer knows, Scorer doesNot) throws Exception {
    String[] words = AgentFixture.WORDS.split(" ");
    List<String> lines = new ArrayList<>();
    for (int i = 0; lines.size() < ITEMS; i++) {
      String prompt = words[i % 17] + " " + words[i / 17 % 17];
      String right = " " + words[(i + 5) % 17];
      String wrong = " " + words[(i + 11) % 17];
      boolean fits = prefers(knows, prompt, right, wrong) && prefers(doesNot, prompt, wrong, right);
      if (fits) {
        String split = lines.size() % 2 == 0 ? "calibration" : "held_out";
        lines.add(
            JSON.writeValueAsString(
                Map.of(
                    "id",
                    name + i,
                    "capability",
                    name,
                    "prompt",
                    prompt,
                    "choices",
                    List.of(wrong, right),
                    "right",
                    1,
                    "split",
                    split)));
      }
    }
    SERVER.send(
        "mick",
        "POST",
        "/v1/capabilities?name=" + name,
        BodyPublishers.ofString(String.join("\n", lines)),
        "application/jsonl");
  }

  private static boolean prefers(Scorer scorer, String prompt, String one, String other)
      throws Exception {
    return scorer.likelihood(prompt, one).log() > scorer.likelihood(prompt, other).log() + 0.1;
  }

  private static Answer create(String combine, String... sources) throws Exception {
    String body =
        JSON.writeValueAsString(
            Map.of(
                "name",
                combine + "-agent",
                "domain",
                "tests",
                "sourceModelIds",
                List.of(sources).stream().map(IDS::get).toList(),
                "requiredCapabilities",
                List.of("of-llama", "of-gpt"),
                "maxComponents",
                200,
                "performanceThreshold",
                0,
                "combine",
                combine));
    return SERVER.send(
        SERVER
            .request("/v1/agents")
            .header("Authorization", "Bearer " + SERVER.token("mick"))
            .header("Content-Type", "application/json")
            .header("Prefer", "wait=30")
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void anAgentOfMixedExpertsIsMadeAndAnswers() throws Exception {
    Answer created = create("mix", "llama-words", "gpt-words");

    assertThat(created.status()).as(created.body()).isEqualTo(201);
    JsonNode report = created.json().get("report");
    assertThat(report.at("/combine/method").asString()).isEqualTo("mix");
    assertThat(report.at("/retention")).hasSize(2);
    SERVER.post("mick", created.header("Location") + "/deployments", "");
    Answer answer =
        SERVER.post(
            "mick", "/openai/v1/completions", "{\"model\":\"mix-agent\",\"prompt\":\"a b\"}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonNode weights = answer.json().at("/hartonomous/weights");
    assertThat(weights.propertyNames()).containsExactly("1-llama-words", "2-gpt-words");
    assertThat(weights.get("1-llama-words").asDouble() + weights.get("2-gpt-words").asDouble())
        .isCloseTo(1, within(1e-9));
  }

  @Test
  void whereTheChoiceIsOpenBothWaysAreReported() throws Exception {
    Answer created = create("auto", "llama-words", "gpt-words");

    assertThat(created.status()).as(created.body()).isEqualTo(201);
    JsonNode combine = created.json().at("/report/combine");
    assertThat(combine.get("asked").asString()).isEqualTo("auto");
    assertThat(combine.get("validation")).hasSize(2);
    double routed = 0;
    double mixed = 0;
    for (JsonNode trial : combine.get("validation")) {
      routed += trial.at("/route/exactMatch").asDouble();
      mixed += trial.at("/mix/exactMatch").asDouble();
    }
    assertThat(combine.get("method").asString()).isEqualTo(mixed > routed ? "mix" : "route");
  }

  @ParameterizedTest(name = "{0} of {1} and {2}")
  @CsvSource({
    "mix, llama-words, gpt-zwords, llama-words and gpt-zwords have different tokenizers",
    "mix, llama-words, , needs several sources",
    "auto, llama-words, , needs several sources",
    "blend, llama-words, gpt-words, ''"
  })
  void whatCannotBeCombinedIsRefusedByName(String how, String one, String other, String message)
      throws Exception {
    Answer answer = other == null ? create(how, one) : create(how, one, other);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo("combine");
    assertThat(answer.body()).contains(message);
  }
}
