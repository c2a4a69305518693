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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpenAiIT {

  private static final String CHAT = "/openai/v1/chat/completions";
  private static final String TEXT = "/openai/v1/completions";
  private static final TestServer SERVER = TestServer.shared();

  @BeforeAll
  static void deploy() throws Exception {
    UUID agent = AgentFixture.store(SERVER, "otto", "letters", "{{ messages[-1]['content'] }}");
    assertThat(SERVER.post("otto", "/v1/agents/" + agent + "/deployments", "").status())
        .isEqualTo(201);
    UUID silent = AgentFixture.store(SERVER, "otto", "no-template", null);
    SERVER.post("otto", "/v1/agents/" + silent + "/deployments", "");
    AgentFixture.store(SERVER, "otto", "not-deployed", null);
  }

  private static String chat(String more) {
    return "{\"model\":\"letters\",\"messages\":[{\"role\":\"user\",\"content\":\"a b c\"}]%s}"
        .formatted(more);
  }

  private static List<String> data(Answer answer) {
    assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
    List<String> data = new ArrayList<>();
    for (String line : answer.body().split("\n")) {
      assertThat(line).matches("|data: .*");
      if (!line.isEmpty()) {
        data.add(line.substring("data: ".length()));
      }
    }
    return data;
  }

  private static List<JsonNode> chunks(Answer answer) {
    List<String> data = data(answer);
    assertThat(data.getLast()).isEqualTo("[DONE]");
    return data.subList(0, data.size() - 1).stream().map(JsonMapper.shared()::readTree).toList();
  }

  @Test
  void listsDeployedAgentsOfTheCallerAlone() throws Exception {
    JsonNode models = SERVER.get("otto", "/openai/v1/models").json();

    assertThat(models.get("object").asString()).isEqualTo("list");
    assertThat(models.get("data").valueStream().map(it -> it.get("id").asString()))
        .contains("letters", "no-template")
        .doesNotContain("not-deployed");
    assertThat(SERVER.get("petra", "/openai/v1/models").json().get("data")).isEmpty();
    assertThat(SERVER.get("otto", "/openai/v1/models/letters").status()).isEqualTo(200);
    assertThat(SERVER.get("petra", "/openai/v1/models/letters").status()).isEqualTo(404);
  }

  @Test
  void answersChatWhole() throws Exception {
    Answer answer = SERVER.post("otto", CHAT, chat(",\"temperature\":0,\"max_tokens\":5"));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonNode body = answer.json();
    assertThat(body.get("object").asString()).isEqualTo("chat.completion");
    assertThat(body.get("id").asString()).startsWith("chatcmpl-");
    assertThat(body.at("/choices/0/message/role").asString()).isEqualTo("assistant");
    assertThat(body.at("/choices/0/message/content").asString()).isNotEmpty();
    assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
    assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(5);
    assertThat(body.at("/usage/total_tokens").asInt()).isEqualTo(8);
  }

  @Test
  void streamsChatAsClientsExpect() throws Exception {
    String request = chat(",\"temperature\":0,\"max_tokens\":5,\"stream\":true");

    List<JsonNode> chunks = chunks(SERVER.post("otto", CHAT, request));

    assertThat(chunks)
        .extracting(it -> it.get("id").asString())
        .containsOnly(chunks.getFirst().get("id").asString());
    assertThat(chunks)
        .extracting(it -> it.get("created").asLong())
        .containsOnly(chunks.getFirst().get("created").asLong());
    assertThat(chunks)
        .extracting(it -> it.get("object").asString())
        .containsOnly("chat.completion.chunk");
    assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
    assertThat(chunks.getFirst().at("/choices/0/delta/content").asString()).isEmpty();
    for (JsonNode chunk : chunks.subList(0, chunks.size() - 1)) {
      assertThat(chunk.at("/choices/0/finish_reason").isNull()).isTrue();
    }
    assertThat(chunks.getLast().at("/choices/0/delta")).isEmpty();
    assertThat(chunks.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(chunks).noneMatch(chunk -> chunk.has("usage"));
  }

  @Test
  void streamsTheSameTextThatTheWholeAnswerHas() throws Exception {
    String options = ",\"temperature\":0.9,\"seed\":7,\"max_tokens\":12";
    String whole =
        SERVER.post("otto", CHAT, chat(options)).json().at("/choices/0/message/content").asString();

    var streamed = new StringBuilder();
    for (JsonNode chunk : chunks(SERVER.post("otto", CHAT, chat(options + ",\"stream\":true")))) {
      streamed.append(chunk.at("/choices/0/delta/content").asString(""));
    }

    assertThat(streamed.toString()).isEqualTo(whole);
  }

  @Test
  void tellsUsageAtTheEndOfAStreamOnRequest() throws Exception {
    String request =
        chat(",\"max_tokens\":2,\"stream\":true,\"stream_options\":{\"include_usage\":true}");

    JsonNode last = chunks(SERVER.post("otto", CHAT, request)).getLast();

    assertThat(last.get("choices")).isEmpty();
    assertThat(last.at("/usage/completion_tokens").asInt()).isEqualTo(2);
  }

  @Test
  void stopsAtStopTexts() throws Exception {
    String options = ",\"temperature\":0,\"max_tokens\":10";
    String text =
        SERVER.post("otto", CHAT, chat(options)).json().at("/choices/0/message/content").asString();
    String stop = text.strip().split(" ")[1];

    JsonNode body =
        SERVER.post("otto", CHAT, chat(options + ",\"stop\":[\"%s\"]".formatted(stop))).json();

    assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(body.at("/choices/0/message/content").asString()).doesNotContain(stop);
  }

  @Test
  void completesText() throws Exception {
    JsonNode body =
        SERVER
            .post("otto", TEXT, "{\"model\":\"letters\",\"prompt\":\"a b\",\"temperature\":0}")
            .json();

    assertThat(body.get("object").asString()).isEqualTo("text_completion");
    assertThat(body.at("/choices/0/text").asString()).isNotEmpty();
    assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(16);
  }

  @Test
  void streamsText() throws Exception {
    Answer answer =
        SERVER.post("otto", TEXT, "{\"model\":\"letters\",\"prompt\":\"a b\",\"stream\":true}");

    List<JsonNode> chunks = chunks(answer);
    assertThat(chunks)
        .extracting(it -> it.get("object").asString())
        .containsOnly("text_completion");
    assertThat(chunks.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("length");
  }

  @Test
  void takesTheIdOfAnAgentForItsName() throws Exception {
    UUID agent = AgentFixture.store(SERVER, "otto", "by-id", null);
    SERVER.post("otto", "/v1/agents/" + agent + "/deployments", "");

    Answer answer =
        SERVER.post("otto", TEXT, "{\"model\":\"%s\",\"prompt\":\"a\"}".formatted(agent));

    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void refusesPromptThatFillsTheContext() throws Exception {
    Answer answer =
        SERVER.post(
            "otto",
            TEXT,
            "{\"model\":\"letters\",\"prompt\":\"%s\"}".formatted("a ".repeat(24).strip()));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/code").asString()).isEqualTo("context_length_exceeded");
    assertThat(answer.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"temperature\":2.5",
        "\"temperature\":-1",
        "\"top_p\":0",
        "\"max_tokens\":0",
        "\"n\":2",
        "\"tools\":[{}]",
        "\"frequency_penalty\":0.5",
        "\"presence_penalty\":-1",
        "\"logit_bias\":{\"5\":1}"
      })
  void refusesWrongParameter(String field) throws Exception {
    Answer answer = SERVER.post("otto", CHAT, chat("," + field));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asString())
        .isEqualTo(field.substring(1, field.indexOf('"', 1)));
  }

  @Test
  void ignoresUnknownFields() throws Exception {
    assertThat(SERVER.post("otto", CHAT, chat(",\"user\":\"x\",\"parallel\":1")).status())
        .isEqualTo(200);
  }

  @Test
  void knowsNoAgentThatIsNotDeployed() throws Exception {
    Answer answer = SERVER.post("otto", TEXT, "{\"model\":\"not-deployed\",\"prompt\":\"a\"}");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.json().at("/error/code").asString()).isEqualTo("model_not_found");
  }

  @Test
  void knowsNoAgentOfAnotherUser() throws Exception {
    assertThat(SERVER.post("petra", CHAT, chat("")).status()).isEqualTo(404);
  }

  @Test
  void saysThatAnAgentWithoutTemplateDoesNotChat() throws Exception {
    Answer answer = SERVER.post("otto", CHAT, chat("").replace("letters", "no-template"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/message").asString()).contains("no chat template");
  }

  @Test
  void refusesConversationWithoutMessages() throws Exception {
    Answer answer = SERVER.post("otto", CHAT, "{\"model\":\"letters\",\"messages\":[]}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asString()).isEqualTo("messages");
  }
}
