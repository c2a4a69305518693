package ai.hartonomous.platform.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.web.Patience;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Two tiny models that know nothing, of two architectures and with two vocabularies: what is
/// tested is the way from the request to the answer, not the skill.
class CompositeIT {

  private static final TestServer SERVER = TestServer.shared();
  private static final JsonMapper JSON = new JsonMapper();
  private static final String TEXT = "/openai/v1/completions";
  @TempDir private static Path models;
  private static String words = "";
  private static String zwords = "";

  @BeforeAll
  static void register() throws Exception {
    words = model("words", Tiny.llama(1), AgentFixture.WORDS);
    zwords = model("zwords", Tiny.gpt2(2), AgentFixture.ZWORDS);
    suite("small", AgentFixture.WORDS.split(" "));
    suite("large", AgentFixture.ZWORDS.split(" "));
  }

  private static String model(String name, Model model, String vocabulary) throws Exception {
    Path folder = models.resolve(name);
    HuggingFaceWriter.write(model, folder, Dtype.F32, null);
    Files.writeString(
        folder.resolve("vocab.json"),
        JSON.writeValueAsString(Map.of("tokens", vocabulary.split(" "))));
    Answer answer =
        SERVER.send(
            "carl",
            "POST",
            "/v1/models?name=" + name,
            BodyPublishers.ofByteArray(Tars.of(folder)),
            "application/x-tar");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().get("id").asString();
  }

  private static void suite(String name, String[] vocabulary) throws Exception {
    var lines = new StringBuilder();
    for (int i = 0; i < vocabulary.length; i++) {
      lines.append(
          JSON.writeValueAsString(
              Map.of(
                  "id", name + i,
                  "capability", name,
                  "prompt", vocabulary[i] + " " + vocabulary[vocabulary.length - 1],
                  "answer", " " + vocabulary[i],
                  "split", i % 2 == 0 ? "calibration" : "held_out")));
      lines.append('\n');
    }
    SERVER.send(
        "carl",
        "POST",
        "/v1/capabilities?name=" + name,
        BodyPublishers.ofString(lines.toString()),
        "application/jsonl");
  }

  private static Answer create(String name, List<String> sources, String prefer, int components)
      throws Exception {
    return create(
        prefer,
        Map.of(
            "name",
            name,
            "domain",
            "tests",
            "sourceModelIds",
            sources,
            "requiredCapabilities",
            List.of("small", "large"),
            "maxComponents",
            components,
            "performanceThreshold",
            0));
  }

  private static Answer create(String prefer, Map<String, Object> request) throws Exception {
    String body = JSON.writeValueAsString(request);
    return SERVER.send(
        SERVER
            .request("/v1/agents")
            .header("Authorization", "Bearer " + SERVER.token("carl"))
            .header("Content-Type", "application/json")
            .header("Prefer", prefer)
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void aQuickAgentOfTwoSourcesIsThereAtOnceAndAnswers() throws Exception {
    Answer created = create("both", List.of(words, zwords), "wait=30", 200);

    assertThat(created.status()).as(created.body()).isEqualTo(201);
    String agent = created.header("Location");
    assertThat(agent).isEqualTo("/v1/agents/" + created.json().get("id").asString());
    JsonNode report = SERVER.get("carl", agent).json().get("report");
    assertThat(report.at("/capabilities/0/carriedBy").asString()).isEqualTo("words");
    assertThat(report.at("/capabilities/0/sources/1/refusal").asString()).contains("small0");
    assertThat(report.at("/experts/1/name").asString()).isEqualTo("2-zwords");
    assertThat(report.at("/experts/1/report/search")).isNotEmpty();
    assertThat(report.at("/agent/components").asInt()).isBetween(2, 200);
    assertThat(report.at("/retention/1/expert").asString()).isEqualTo("2-zwords");
    assertThat(report.at("/router/items").asInt()).isEqualTo(16);
    SERVER.post("carl", agent + "/deployments", "");
    for (String prompt : List.of("a q", "Za Zq")) {
      Answer answer =
          SERVER.post("carl", TEXT, "{\"model\":\"both\",\"prompt\":\"%s\"}".formatted(prompt));
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(answer.header("Hartonomous-Expert"))
          .isEqualTo(prompt.equals("a q") ? "1-words" : "2-zwords");
    }
  }

  /// The models know nothing, so that only floors of 0 let an agent pass.
  @Test
  void floorsFormatsAndCostsOfARequestAreKept() throws Exception {
    Map<String, Object> one = new HashMap<>();
    one.put("name", "floored");
    one.put("domain", "tests");
    one.put("sourceModelIds", List.of(words));
    one.put("requiredCapabilities", List.of("small"));
    one.put("performanceThreshold", 1);
    one.put("floors", Map.of("small", 0));
    one.put("ggufFormats", List.of("f16", "q8_0"));
    one.put("maxParameters", 100_000);
    one.put("measureMemory", true);
    Map<String, Object> two = new HashMap<>(one);
    two.put("name", "floored-both");
    two.put("sourceModelIds", List.of(words, zwords));
    two.put("requiredCapabilities", List.of("small", "large"));
    two.put("floors", Map.of("small", 0, "large", 0));
    two.remove("maxParameters");
    two.remove("measureMemory");

    Answer alone = create("wait=30", one);
    Answer both = create("wait=30", two);

    assertThat(alone.status()).as(alone.body()).isEqualTo(201);
    assertThat(alone.json().at("/request/ggufFormats/0").asString()).isEqualTo("f16");
    assertThat(alone.json().at("/report/retention/0/floor").asDouble()).isZero();
    assertThat(alone.json().at("/report/agent/parameters").asInt()).isLessThan(100_000);
    assertThat(alone.json().at("/report/agent/memory/liveBytes").asLong()).isPositive();
    assertThat(both.status()).as(both.body()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "maxParameters, 100000",
    "maxBytes, 1000",
    "minTokensPerSecond, 1",
    "vocabulary, used",
    "measureMemory, true",
  })
  void whatNeedsOneSourceIsRefusedByName(String field, String value) throws Exception {
    Map<String, Object> two = new HashMap<>();
    two.put("name", "refused");
    two.put("domain", "tests");
    two.put("sourceModelIds", List.of(words, zwords));
    two.put("requiredCapabilities", List.of("small", "large"));
    two.put(field, value);

    Answer answer = create("respond-async", two);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo(field);
  }

  @Test
  void aBudgetThatIsTooSmallLeavesFiguresAndNoAgent() throws Exception {
    Answer accepted = create("tight", List.of(words, zwords), "respond-async", 150);

    assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
    String job = accepted.header("Location");
    SERVER.get("carl", job + "/events"); // ends with the job
    JsonNode ended = SERVER.get("carl", job).json();
    assertThat(ended.get("state").asString()).as(ended.toString()).isEqualTo("failed");
    assertThat(ended.get("failure").asString()).startsWith("threshold_not_met: ");
    assertThat(ended.at("/result/outcome").asString()).isEqualTo("threshold_not_met");
    assertThat(ended.at("/result/report/capabilities")).hasSize(2);
    assertThat(SERVER.get("carl", "/v1/agents").body()).doesNotContain("tight");
  }

  @ParameterizedTest(name = "{0} is {1} s")
  @CsvSource(
      delimiter = '|',
      value = {
        "wait=7                     | 7",
        "respond-async              | 0",
        "respond-async, wait=3      | 3",
        "handling=lenient; WAIT=\"4\" | 4",
        "wait=100000                | 30",
        "wait=soon                  | 2",
        "nonsense                   | 2"
      })
  void readsHowLongTheClientPrefersToWait(String prefer, long seconds) {
    assertThat(Patience.of(prefer).toSeconds()).isEqualTo(seconds);
  }
}
