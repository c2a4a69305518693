package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.generate.BatchGenerator.Load;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.market.MarketFixture;
import ai.hartonomous.platform.market.MarketFixture.Said;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Clients of whole answers and of vectors that go, and such that stay.
@Timeout(120)
class HangUpIT {

  private static final String TEXT = "/openai/v1/completions";
  private static final String VECTORS = "/openai/v1/embeddings";
  private static final TestServer SERVER = TestServer.shared();

  private final String user = "caller-" + UUID.randomUUID().toString().substring(0, 8);

  @BeforeEach
  void deploy() throws Exception {
    WriterAgent.deploy(SERVER, user, "slow", "");
  }

  private static String body(String more) {
    return "{\"model\":\"slow\",\"prompt\":\"x\",\"seed\":1,%s}".formatted(more);
  }

  private static Load load() {
    return SERVER.bean(Answering.class).load();
  }

  private static double aborted() {
    return SERVER
        .bean(MeterRegistry.class)
        .counter("hartonomous.request.success", "finished_reason", "abort")
        .count();
  }

  @ParameterizedTest(name = "a reset: {0}")
  @ValueSource(booleans = {false, true})
  void aWholeAnswerEndsWhenItsClientHasHungUp(boolean reset) throws Exception {
    double before = aborted();

    try (Socket socket =
        RawRequest.post(SERVER, user, TEXT, body("\"max_tokens\":1000,\"n\":16"))) {
      while (load().growing() == 0) {
        Thread.sleep(1);
      }
      if (reset) {
        socket.setSoLinger(true, 0); // as of a client that was killed
      }
    }
    while (load().growing() > 0) {
      Thread.sleep(1);
    }

    while (aborted() == before) { // or the test runs out of time
      Thread.sleep(1);
    }
    assertThat(aborted() - before).isEqualTo(16);
    assertThat(SERVER.get(user, "/v1/usage").json().get("items")).isEmpty();
  }

  /// {@return a request for vectors of many long texts}
  private static String texts(String model) {
    String text = "\"%s\"".formatted("x ".repeat(500));
    return "{\"model\":\"%s\",\"input\":[%s]}"
        .formatted(model, String.join(",", Collections.nCopies(200, text)));
  }

  /// {@return how the only call of the user stands, or nothing before there is one}
  private Optional<String> call() {
    return SERVER
        .bean(JdbcClient.class)
        .sql("select state from usage_call where user_id = ?")
        .param(user)
        .query(String.class)
        .optional();
  }

  /// Waits until the call has ended, and took nothing.
  private void endsWithoutCharge() throws Exception {
    while (call().orElseThrow().equals("HELD")) { // or the test runs out of time
      Thread.sleep(1);
    }
    assertThat(call()).contains("RELEASED");
    assertThat(SERVER.get(user, "/v1/usage").json().get("items")).isEmpty();
  }

  @Test
  void vectorsEndAfterATextWhenTheirClientHasHungUp() throws Exception {
    Turns turns = SERVER.bean(Turns.class);
    turns.begin();
    try (Socket _ = RawRequest.post(SERVER, user, VECTORS, texts("slow"))) {
      while (!turns.areWanted()) {
        Thread.sleep(1);
      }
    } finally {
      turns.end(); // the first text is computed, however little its client wants it
    }

    endsWithoutCharge();
  }

  @Test
  void vectorsOfAWorkerEndWhenTheirClientHasHungUp() throws Exception {
    UUID agent =
        AgentFixture.storeContent(
            SERVER,
            user,
            "there",
            folder -> {
              WriterAgent.write(folder, "");
              MarketFixture.seal(folder, Said.good("ann", 1)); // workers want a manifest
            });
    String path = "/v1/agents/%s/deployments".formatted(agent);
    Answer deployed = SERVER.post(user, path, "{\"type\":\"worker\"}");
    assertThat(deployed.status()).as(deployed.body()).isEqualTo(201);
    try {
      try (Socket _ = RawRequest.post(SERVER, user, VECTORS, texts("there"))) {
        while (call().isEmpty()) {
          Thread.sleep(1);
        }
      }

      endsWithoutCharge();
    } finally {
      SERVER.delete(user, "/v1/deployments/" + deployed.json().get("id").asString());
    }
  }

  @Test
  void whoStaysGetsTheAnswerWhateverStandsAfterTheRequest() throws Exception {
    for (int blanks : List.of(0, 1, 2, 7_900, 8_000, 8_123, 8_192, 16_384, 40_001)) {
      byte[] bytes =
          (body("\"max_tokens\":40") + " ".repeat(blanks)).getBytes(StandardCharsets.UTF_8);
      BodyPublisher sized = BodyPublishers.ofByteArray(bytes);
      BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
      for (BodyPublisher publisher : List.of(sized, chunked)) {
        Answer answer = SERVER.send(user, "POST", TEXT, publisher, "application/json");

        assertThat(answer.status()).as("%d blanks: %s", blanks, answer.body()).isEqualTo(200);
      }
    }
  }
}
