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
        "\"n\":17",
        "\"top_k\":-1",
        "\"min_p\":2",
        "\"top_logprobs\":3",
        "\"tools\":{}",
        "\"frequency_penalty\":2.5",
        "\"presence_penalty\":-3",
        "\"logit_bias\":{\"5\":101}",
        "\"logit_bias\":{\"five\":1}"
      })
  void refusesWrongParameter(String field) throws Exception {
    Answer answer = SERVER.post("otto", CHAT, chat("," + field));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asString())
        .isEqualTo(field.substring(1, field.indexOf('"', 1)));
  }

  @Test
  void givesSeveralAnswersEachWithASeedOfItsOwn() throws Exception {
    String options = ",\"max_tokens\":8,\"temperature\":1.5,\"seed\":%d";
    JsonNode three = SERVER.post("otto", CHAT, chat(options.formatted(5) + ",\"n\":3")).json();

    assertThat(three.get("choices")).hasSize(3);
    for (int i = 0; i < 3; i++) {
      JsonNode one = SERVER.post("otto", CHAT, chat(options.formatted(5 + i))).json();
      assertThat(three.at("/choices/%d/index".formatted(i)).asInt()).isEqualTo(i);
      assertThat(three.at("/choices/%d/message/content".formatted(i)))
          .isEqualTo(one.at("/choices/0/message/content"));
    }
    assertThat(three.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
    assertThat(three.at("/usage/completion_tokens").asInt()).isEqualTo(24);
  }

  @Test
  void streamsSeveralAnswers() throws Exception {
    String options = ",\"max_tokens\":8,\"temperature\":1.5,\"seed\":5,\"n\":2";
    JsonNode whole = SERVER.post("otto", CHAT, chat(options)).json();

    var texts = new StringBuilder[] {new StringBuilder(), new StringBuilder()};
    for (JsonNode chunk : chunks(SERVER.post("otto", CHAT, chat(options + ",\"stream\":true")))) {
      int index = chunk.at("/choices/0/index").asInt();
      texts[index].append(chunk.at("/choices/0/delta/content").asString(""));
    }

    for (int i = 0; i < 2; i++) {
      assertThat(texts[i].toString())
          .isEqualTo(whole.at("/choices/%d/message/content".formatted(i)).asString());
    }
  }

  @Test
  void scoresTheTokensOfAChat() throws Exception {
    JsonNode body =
        SERVER
            .post(
                "otto",
                CHAT,
                chat(",\"temperature\":0,\"max_tokens\":4,\"logprobs\":true,\"top_logprobs\":2"))
            .json();

    JsonNode content = body.at("/choices/0/logprobs/content");
    assertThat(content).hasSize(4);
    for (JsonNode token : content) {
      assertThat(token.get("top_logprobs")).hasSize(2);
      assertThat(token.get("logprob").asDouble())
          .isEqualTo(token.at("/top_logprobs/0/logprob").asDouble())
          .isLessThanOrEqualTo(0)
          .isGreaterThanOrEqualTo(token.at("/top_logprobs/1/logprob").asDouble());
    }
  }

  @Test
  void echoesAndScoresAPromptForEvaluationHarnesses() throws Exception {
    String request =
        "{\"model\":\"letters\",\"prompt\":\"a b c\",\"max_tokens\":0,\"echo\":true,\"logprobs\":1}";

    JsonNode choice = SERVER.post("otto", TEXT, request).json().at("/choices/0");

    assertThat(choice.get("text").asString()).isEqualTo("a b c");
    assertThat(choice.at("/logprobs/tokens")).hasSize(3);
    assertThat(choice.at("/logprobs/token_logprobs/0").isNull()).isTrue();
    assertThat(choice.at("/logprobs/token_logprobs/1").asDouble()).isNegative();
    assertThat(choice.at("/logprobs/top_logprobs/2")).hasSize(1);
    assertThat(choice.at("/logprobs/text_offset/0").asInt()).isZero();
  }

  @Test
  void takesPromptsAsTokensAndAsLists() throws Exception {
    String options = ",\"max_tokens\":4,\"temperature\":0}";
    String text = "{\"model\":\"letters\",\"prompt\":%s" + options;
    String one =
        SERVER
            .post("otto", TEXT, text.formatted("\"a b\""))
            .json()
            .at("/choices/0/text")
            .asString();
    String two =
        SERVER.post("otto", TEXT, text.formatted("\"c\"")).json().at("/choices/0/text").asString();

    JsonNode both = SERVER.post("otto", TEXT, text.formatted("[\"a b\",\"c\"]")).json();
    Answer wrong = SERVER.post("otto", TEXT, text.formatted("[[1,99999]]"));

    assertThat(both.at("/choices/0/text").asString()).isEqualTo(one);
    assertThat(both.at("/choices/1/text").asString()).isEqualTo(two);
    assertThat(both.at("/usage/completion_tokens").asInt()).isEqualTo(8);
    assertThat(SERVER.post("otto", TEXT, text.formatted("[1,2]")).status()).isEqualTo(200);
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.json().at("/error/param").asString()).isEqualTo("prompt");
  }

  @Test
  void biasForcesAndForbidsTokens() throws Exception {
    String request =
        "{\"model\":\"letters\",\"prompt\":\"a\",\"temperature\":0,\"max_tokens\":3,"
            + "\"logprobs\":0,\"logit_bias\":{\"%d\":%d}}";

    JsonNode forced = SERVER.post("otto", TEXT, request.formatted(5, 100)).json();
    String favourite = forced.at("/choices/0/logprobs/tokens/0").asString();
    JsonNode forbidden = SERVER.post("otto", TEXT, request.formatted(5, -100)).json();

    assertThat(forced.at("/choices/0/logprobs/tokens").valueStream().map(JsonNode::asString))
        .containsOnly(favourite);
    assertThat(forbidden.at("/choices/0/logprobs/tokens").valueStream().map(JsonNode::asString))
        .doesNotContain(favourite);
  }

  @Test
  void tellsWhatWasReadAndHowFast() throws Exception {
    JsonNode body = SERVER.post("otto", CHAT, chat(",\"temperature\":0,\"max_tokens\":4")).json();

    assertThat(body.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isZero();
    assertThat(body.at("/timings/prompt_n").asInt()).isEqualTo(3);
    assertThat(body.at("/timings/predicted_n").asInt()).isEqualTo(4);
    assertThat(body.at("/timings/predicted_per_second").asDouble()).isPositive();
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
