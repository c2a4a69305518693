package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.deployment.Events;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What tools that measure and count rely on: scores, places, ends, and who is found.
class CompletionsIT {

  private static final String TEXT = "/openai/v1/completions";
  private static final String USER = "olga";
  private static final TestServer SERVER = TestServer.shared();

  @BeforeAll
  static void deploy() throws Exception {
    UUID agent = AgentFixture.store(SERVER, USER, "letters", null);
    assertThat(SERVER.post(USER, "/v1/agents/" + agent + "/deployments", "").status())
        .isEqualTo(201);
  }

  private static List<JsonNode> chunks(Answer answer) {
    List<JsonNode> chunks = new ArrayList<>();
    for (String line : answer.body().split("\n")) {
      if (line.startsWith("data: {")) {
        chunks.add(JsonMapper.shared().readTree(line.substring("data: ".length())));
      }
    }
    return chunks;
  }

  /// The body that `local-completions` of lm-evaluation-harness sends, and the slice that it sums.
  @Test
  void anEvaluationHarnessGetsEveryScoreThoughTheEndTokenIsNext() throws Exception {
    WriterAgent.deployEnding(
        SERVER, USER, "ending", WriterAgent.Ends.OF_TOKENIZER, 70, 71, 72, 73, 74);
    int context = 3;
    String body =
        "{\"model\":\"ending\",\"prompt\":[[70,71,72,73,74]],\"temperature\":0,\"max_tokens\":%d,"
            + "\"logprobs\":1,\"seed\":1234,\"echo\":true}";

    JsonNode choice = SERVER.post(USER, TEXT, body.formatted(1)).json().at("/choices/0");
    JsonNode prompt = SERVER.post(USER, TEXT, body.formatted(0)).json().at("/choices/0");

    assertThat(choice.get("finish_reason").asString()).isEqualTo("stop");
    assertThat(choice.get("text")).isEqualTo(prompt.get("text"));
    for (String list : List.of("token_logprobs", "top_logprobs", "tokens", "text_offset")) {
      List<JsonNode> whole = choice.get("logprobs").get(list).valueStream().toList();
      assertThat(whole.subList(context, whole.size() - 1))
          .as(list)
          .isEqualTo(prompt.get("logprobs").get(list).valueStream().toList().subList(context, 5));
    }
  }

  @Test
  void aStreamTellsWhereItsTokensStand() throws Exception {
    String request =
        "{\"model\":\"letters\",\"prompt\":\"a"
            + " b\",\"temperature\":0,\"max_tokens\":5,\"logprobs\":0%s}";
    JsonNode whole = SERVER.post(USER, TEXT, request.formatted("")).json();

    List<JsonNode> streamed = new ArrayList<>();
    for (JsonNode chunk : chunks(SERVER.post(USER, TEXT, request.formatted(",\"stream\":true")))) {
      chunk.at("/choices/0/logprobs/text_offset").forEach(streamed::add);
    }

    assertThat(streamed)
        .isEqualTo(whole.at("/choices/0/logprobs/text_offset").valueStream().toList());
    assertThat(streamed.getLast().asInt()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"suffix\":\"z\"", "\"best_of\":3", "\"n\":2,\"best_of\":1"})
  void refusesCompletionsThatItWouldNotMake(String fields) throws Exception {
    String request = "{\"model\":\"letters\",\"prompt\":\"a b\",\"max_tokens\":1,%s}";

    Answer answer = SERVER.post(USER, TEXT, request.formatted(fields));
    Answer usual =
        SERVER.post(USER, TEXT, request.formatted("\"suffix\":\"\",\"n\":2,\"best_of\":2"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asString())
        .isEqualTo(fields.contains("suffix") ? "suffix" : "best_of");
    assertThat(usual.status()).as(usual.body()).isEqualTo(200);
  }

  @Test
  void stopsAtEveryEndTokenThatTheCheckpointNames() throws Exception {
    WriterAgent.deployEnding(SERVER, USER, "ends", WriterAgent.Ends.OF_GENERATION, 70, 71, 72);

    JsonNode answer =
        SERVER
            .post(USER, TEXT, "{\"model\":\"ends\",\"prompt\":[70,71,72],\"temperature\":0}")
            .json();

    assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(answer.at("/usage/completion_tokens").asInt()).isZero();
  }

  @Test
  void endsAWholeAnswerForWhichItsClientWaitsNoLonger() throws Exception {
    WriterAgent.deploy(SERVER, USER, "slow", "");
    String body = "{\"model\":\"slow\",\"prompt\":\"x\",\"max_tokens\":1000,\"n\":16,\"seed\":1}";
    double before = aborted();

    Answer answer =
        SERVER.send(
            SERVER
                .request(TEXT)
                .header("Authorization", "Bearer " + SERVER.token(USER))
                .header("Content-Type", "application/json")
                .header("X-Stainless-Read-Timeout", "0.001") // over before the first token
                .POST(BodyPublishers.ofString(body)));

    assertThat(answer.status()).as(answer.body()).isEqualTo(504);
    assertThat(answer.json().at("/error/code").asString()).isEqualTo("answer_too_long");
    assertThat(aborted() - before).isEqualTo(16);
    assertThat(SERVER.post(USER, TEXT, body).status()).isEqualTo(200);
    assertThat(aborted() - before).isEqualTo(16);
  }

  private static double aborted() {
    return SERVER
        .bean(MeterRegistry.class)
        .counter("hartonomous.request.success", "finished_reason", "abort")
        .count();
  }

  @Test
  void findsAnAgentInAsManyQueriesHoweverManyAreDeployed() throws Exception {
    var statistics =
        SERVER.bean(EntityManagerFactory.class).unwrap(SessionFactory.class).getStatistics();
    statistics.setStatisticsEnabled(true);
    try {
      UUID first = AgentFixture.store(SERVER, "quentin", "first", null);
      SERVER.post("quentin", "/v1/agents/" + first + "/deployments", "");
      String request = "{\"model\":\"first\",\"prompt\":\"a\",\"max_tokens\":1}";
      SERVER.post("quentin", TEXT, request);
      statistics.clear();
      assertThat(SERVER.post("quentin", TEXT, request).status()).isEqualTo(200);
      long few = statistics.getPrepareStatementCount();
      for (int i = 0; i < 20; i++) {
        UUID more = AgentFixture.store(SERVER, "quentin", "more-" + i, null);
        SERVER.post("quentin", "/v1/agents/" + more + "/deployments", "");
      }
      statistics.clear();
      assertThat(SERVER.post("quentin", TEXT, request).status()).isEqualTo(200);

      assertThat(statistics.getPrepareStatementCount()).isLessThan(few + 10);
    } finally {
      statistics.setStatisticsEnabled(false);
    }
  }

  @Test
  void listsWhatIsDeployedInAsManyQueriesHoweverManyAre() throws Exception {
    var statistics =
        SERVER.bean(EntityManagerFactory.class).unwrap(SessionFactory.class).getStatistics();
    statistics.setStatisticsEnabled(true);
    try {
      List<Long> counts = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        UUID more = AgentFixture.store(SERVER, "quirin", "more-" + i, null);
        SERVER.post("quirin", "/v1/agents/" + more + "/deployments", "");
        statistics.clear();
        assertThat(SERVER.get("quirin", "/openai/v1/models").json().get("data")).hasSize(i + 1);
        assertThat(SERVER.get("quirin", "/v1/deployments").json().get("items")).hasSize(i + 1);
        counts.add(statistics.getPrepareStatementCount());
      }

      assertThat(counts.getLast()).isLessThan(counts.getFirst() + 10);
    } finally {
      statistics.setStatisticsEnabled(false);
    }
  }

  @Test
  @Timeout(60)
  void aStreamThatBreaksOffPaysForWhatWasReadBeforeAsSuch() throws Exception {
    WriterAgent.deploy(SERVER, "cesar", "slow", "");
    String prompt = "\"prompt\":\"%s\"".formatted("xy ".repeat(100));
    String one = "{\"model\":\"slow\",%s,\"max_tokens\":1}".formatted(prompt);
    assertThat(SERVER.post("cesar", TEXT, one).status()).isEqualTo(200);
    assertThat(SERVER.post("cesar", TEXT, one).status()).isEqualTo(200);
    JsonNode whole = usage("cesar").getLast();

    JsonNode broken;
    int calls = 2;
    do { // a stream that is written before its reader is missed is an answer
      try (var stream = new Events(SERVER, "cesar", "slow", prompt + ",\"max_tokens\":1000")) {
        stream.next();
      }
      calls++;
      while (usage("cesar").size() < calls) {
        Thread.sleep(10);
      }
      broken = usage("cesar").getLast();
    } while (!broken.get("outcome").asString().equals("aborted"));

    assertThat(broken.get("inputTokens")).isEqualTo(whole.get("inputTokens"));
    assertThat(broken.get("cachedTokens")).isEqualTo(whole.get("cachedTokens"));
    assertThat(broken.get("cachedTokens").asLong()).isPositive();
  }

  private static List<JsonNode> usage(String user) throws Exception {
    return SERVER
        .get(user, "/v1/usage")
        .json()
        .get("items")
        .valueStream()
        .map(it -> it.get("data"))
        .toList();
  }
}
