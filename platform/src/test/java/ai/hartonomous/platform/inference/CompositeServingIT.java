package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CompositeServingIT {

  private static final String CHAT = "/openai/v1/chat/completions";
  private static final String TEXT = "/openai/v1/completions";
  private static final String TEMPLATE = "{{ messages[-1]['content'] }}";
  private static final TestServer SERVER = TestServer.shared();

  @BeforeAll
  static void deploy() throws Exception {
    deploy(AgentFixture.storeComposite(SERVER, "rita", "both", TEMPLATE));
    deploy(AgentFixture.store(SERVER, "rita", "words", TEMPLATE));
    deploy(AgentFixture.storeZWords(SERVER, "rita", "zwords", TEMPLATE));
  }

  private static void deploy(UUID agent) throws Exception {
    Answer answer = SERVER.post("rita", "/v1/agents/" + agent + "/deployments", "");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
  }

  private static Answer complete(String model, String prompt) throws Exception {
    return SERVER.post(
        "rita",
        TEXT,
        "{\"model\":\"%s\",\"prompt\":\"%s\",\"temperature\":0}".formatted(model, prompt));
  }

  private static String text(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().at("/choices/0/text").asString();
  }

  @Test
  void theExpertOfAPromptAnswersAsItWouldAlone() throws Exception {
    Answer small = complete("both", "a b");
    Answer large = complete("both", "Zp Zq");

    assertThat(small.header("Hartonomous-Expert")).isEqualTo("1-words");
    assertThat(large.header("Hartonomous-Expert")).isEqualTo("2-zwords");
    assertThat(text(small)).isEqualTo(text(complete("words", "a b")));
    assertThat(text(large)).isEqualTo(text(complete("zwords", "Zp Zq")));
    assertThat(large.json().at("/hartonomous/expert").asString()).isEqualTo("2-zwords");
    assertThat(large.json().at("/hartonomous/known").asBoolean()).isTrue();
    assertThat(large.json().at("/hartonomous/confidence").asDouble()).isBetween(0.9, 1.0);
  }

  @Test
  void theFallbackAnswersWhatIsNotKnown() throws Exception {
    Answer answer = complete("both", "f g");

    assertThat(answer.header("Hartonomous-Expert")).isEqualTo("1-words");
    assertThat(answer.json().at("/hartonomous/known").asBoolean()).isFalse();
    assertThat(text(answer)).isEqualTo(text(complete("words", "f g")));
  }

  @Test
  void theLastMessageOfTheUserDecides() throws Exception {
    String messages =
        """
        "messages":[{"role":"user","content":"a b"},{"role":"assistant","content":"a a"},\
        {"role":"user","content":"Zp Zq"}]\
        """;

    Answer answer =
        SERVER.post("rita", CHAT, "{\"model\":\"both\",\"temperature\":0,%s}".formatted(messages));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.header("Hartonomous-Expert")).isEqualTo("2-zwords");
  }

  @Test
  void aStreamNamesTheExpertInHeaderAndLastChunk() throws Exception {
    Answer answer =
        SERVER.post(
            "rita",
            TEXT,
            "{\"model\":\"both\",\"prompt\":\"Zp Zq\",\"temperature\":0,\"stream\":true}");

    assertThat(answer.header("Hartonomous-Expert")).isEqualTo("2-zwords");
    List<JsonNode> chunks = new ArrayList<>();
    for (String line : answer.body().split("\n")) {
      if (line.startsWith("data: {")) {
        chunks.add(JsonMapper.shared().readTree(line.substring("data: ".length())));
      }
    }
    assertThat(chunks.getLast().at("/hartonomous/expert").asString()).isEqualTo("2-zwords");
    assertThat(chunks.getFirst().has("hartonomous")).isFalse();
    var text = new StringBuilder();
    chunks.forEach(chunk -> text.append(chunk.at("/choices/0/text").asString("")));
    assertThat(text.toString()).isEqualTo(text(complete("zwords", "Zp Zq")));
  }

  @Test
  void anAgentOfOneModelNamesNoExpert() throws Exception {
    Answer answer = complete("words", "a b");

    assertThat(answer.header("Hartonomous-Expert")).isEmpty();
    assertThat(answer.json().has("hartonomous")).isFalse();
  }
}
