package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.generate.BatchGenerator.Load;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients of whole answers that go, and such that stay.
@Timeout(120)
class HangUpIT {

  private static final String TEXT = "/openai/v1/completions";
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
