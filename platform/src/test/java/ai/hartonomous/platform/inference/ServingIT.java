package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.generate.BatchGenerator.Load;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Laws of serving over HTTP, on a server with few places.
@Timeout(300)
class ServingIT {

  private static final String TEXT = "/openai/v1/completions";
  private static final double ROUNDING = 1e-4;

  @TempDir static Path data;
  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    server =
        new TestServer(
            data,
            Map.of(
                "hartonomous.inference.sequences", "4",
                "hartonomous.inference.waiting", "4",
                "hartonomous.inference.waiting-each", "2",
                "hartonomous.limits.inference", "0"));
    for (String name : List.of("letters", "other")) {
      UUID agent = AgentFixture.store(server, "otto", name, "{{ messages[-1]['content'] }}");
      assertThat(server.post("otto", "/v1/agents/" + agent + "/deployments", "").status())
          .isEqualTo(201);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Load load() {
    return server.bean(Answering.class).load();
  }

  private static void awaitIdle() throws InterruptedException {
    while (load().growing() + load().waiting() > 0) {
      Thread.sleep(2);
    }
  }

  private static String body(String more) {
    return "{\"model\":\"letters\",\"prompt\":\"a b c\"%s}".formatted(more);
  }

  @Test
  void explainsEveryTokenAndTheSumIsTheLogit() throws Exception {
    String options = ",\"temperature\":0,\"max_tokens\":4,\"hartonomous\":{\"explain\":5}";

    JsonNode whole = server.post("otto", TEXT, body(options)).json();
    String stream = server.post("otto", TEXT, body(options + ",\"stream\":true")).body();

    JsonNode tokens = whole.at("/hartonomous/explanations/0/tokens");
    assertThat(tokens).hasSize(4);
    for (JsonNode token : tokens) {
      assertThat(token.get("components")).hasSize(5);
      double sum = 0;
      for (JsonNode component : token.get("components")) {
        assertThat(component.get("component").asString())
            .matches("layers\\.\\d+\\.(heads|neurons)\\.\\d+");
        sum += component.get("contribution").asDouble();
      }
      for (JsonNode rest : token.get("rest")) {
        sum += rest.asDouble();
      }
      assertThat(sum).isCloseTo(token.get("logit").asDouble(), within(ROUNDING));
    }
    String[] events = stream.split("\n\n");
    JsonNode finish = TestServer.parse(events[events.length - 2].substring("data: ".length()));
    assertThat(finish.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(finish.at("/hartonomous/explanations"))
        .isEqualTo(whole.at("/hartonomous/explanations"));
    assertThat(server.post("otto", TEXT, body(",\"max_tokens\":2")).json().has("hartonomous"))
        .isFalse();
  }

  @Test
  void steersAndRecordsIt() throws Exception {
    String explain = ",\"temperature\":0,\"max_tokens\":1,\"hartonomous\":{\"explain\":1%s}";
    JsonNode plain = server.post("otto", TEXT, body(explain.formatted(""))).json();
    String component =
        plain.at("/hartonomous/explanations/0/tokens/0/components/0/component").asString();

    String steer = ",\"steer\":[{\"component\":\"%s\",\"factor\":0}]".formatted(component);
    JsonNode steered = server.post("otto", TEXT, body(explain.formatted(steer))).json();
    Answer unknown =
        server.post(
            "otto", TEXT, body(explain.formatted(steer.replaceAll("layers\\.\\d+", "layers.99"))));
    Answer wrong =
        server.post("otto", TEXT, body(explain.formatted(steer.replace(component, "nothing"))));

    assertThat(steered.at("/hartonomous/explanations/0/tokens/0/components/0/component").asString())
        .isNotEqualTo(component);
    assertThat(unknown.status()).isEqualTo(422);
    assertThat(unknown.body()).contains("the model has no layers.99");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.json().at("/error/param").asString())
        .isEqualTo("hartonomous.steer[0].component");
    assertThat(server.get("otto", "/v1/audit").body())
        .contains("agent.steer")
        .contains(component + "*0.0");
  }

  @Test
  void refusesWithRetryAfterWhatMayNotWaitAndAnswersTheRest() throws Exception {
    int count = 40;
    int answered = 0;
    int refused = 0;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String call = body(",\"max_tokens\":16,\"n\":1");
        answers.add(executor.submit(() -> server.post("otto", TEXT, call)));
      }
      for (Future<Answer> answer : answers) {
        if (answer.get().status() == 429) {
          refused++;
          assertThat(answer.get().header("Retry-After")).matches("\\d+");
          assertThat(answer.get().json().at("/error/code").asString())
              .isEqualTo("too_many_requests");
        } else {
          answered++;
          assertThat(answer.get().status()).as(answer.get().body()).isEqualTo(200);
        }
      }
    }
    assertThat(answered).isGreaterThanOrEqualTo(3);
    assertThat(answered + refused).isEqualTo(count);
    Answer six = server.post("otto", TEXT, body(",\"max_tokens\":20,\"n\":16"));
    assertThat(six.status())
        .as("16 answers need more than 4 places and 2 that wait")
        .isEqualTo(429);
    awaitIdle();
    assertThat(load().usedBytes()).isZero();
  }

  /// Opens a stream by hand.
  private static Socket stream(String more) throws IOException {
    return RawRequest.post(server, "otto", TEXT, body(more + ",\"stream\":true"));
  }

  @Test
  void clientsThatGoAwayLeaveNothingBehind() throws Exception {
    for (int i = 0; i < 60; i++) {
      awaitIdle();
      try (Socket socket = stream(",\"max_tokens\":20")) {
        if (i % 2 == 0) {
          assertThat(socket.getInputStream().read()).isNotNegative();
        }
        socket.setSoLinger(true, 0); // a reset, as of a client that was killed
      }
    }
    awaitIdle();

    assertThat(load().usedBytes()).isZero();
    assertThat(server.post("otto", TEXT, body(",\"max_tokens\":2")).status()).isEqualTo(200);
  }

  @Test
  void aSlowReaderHoldsNoPlaceAndGetsItsWholeAnswer() throws Exception {
    try (Socket slow = stream(",\"max_tokens\":20,\"temperature\":0")) {
      awaitIdle(); // though nothing has been read
      assertThat(load().usedBytes()).isZero();
      InputStream in = slow.getInputStream();
      var text = new StringBuilder();
      while (text.indexOf("[DONE]") < 0) {
        Thread.sleep(1);
        int next = in.read();
        assertThat(next).as(text.toString()).isNotNegative();
        text.append((char) next);
      }
      assertThat(text.toString()).contains("\"finish_reason\":\"length\"");
    }
  }

  @Test
  void fewHundredShortCallsEndAndLeaveNothingBehind() throws Exception {
    shortCalls(300);
  }

  @Test
  @Tag("slow")
  void tenThousandShortCallsEndAndLeaveNothingBehind() throws Exception {
    shortCalls(5_000); // the caches of database and tokens are full
    long before = liveBytes();

    shortCalls(10_000);

    // 1 KiB kept by each would be found.
    assertThat(liveBytes() - before).isLessThan(10_000L * 1_024);
  }

  private static long liveBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  /// Two callers at a time for two agents, every third call a stream.
  private static void shortCalls(int count) throws Exception {
    try (var executor = Executors.newFixedThreadPool(2)) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String body =
            "{\"model\":\"%s\",\"prompt\":\"a b\",\"max_tokens\":3,\"seed\":%d%s}"
                .formatted(
                    i % 2 == 0 ? "letters" : "other", i, i % 3 == 0 ? ",\"stream\":true" : "");
        answers.add(executor.submit(() -> server.post("otto", TEXT, body)));
      }
      for (int i = 0; i < count; i++) {
        Answer answer = answers.get(i).get();
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"finish_reason\":\"length\"");
        assertThat(answer.body().endsWith("data: [DONE]\n\n")).isEqualTo(i % 3 == 0);
      }
    }
    awaitIdle();
    assertThat(load().usedBytes()).isZero();
  }
}
