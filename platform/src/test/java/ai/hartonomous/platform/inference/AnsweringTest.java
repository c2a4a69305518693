package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.Owner;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.deployment.LoadedAgent;
import ai.hartonomous.platform.web.ProblemException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class AnsweringTest {

  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final Answering answering =
      new Answering(
          oneAtATime(),
          new RemoteAnswers(),
          new TranscoderShelf(oneAtATime(), new SimpleMeterRegistry()),
          new ServingMetrics(new SimpleMeterRegistry()));
  private final GenerationRequest request =
      new GenerationRequest(new int[] {1, 2}, Sampling.GREEDY, 10, List.of(), Set.of());

  @AfterEach
  void stop() {
    gate.countDown();
    answering.stop();
  }

  private static Settings oneAtATime() {
    return new Binder(
            new MapConfigurationPropertySource(
                Map.of(
                    "hartonomous.inference.sequences", 1,
                    "hartonomous.inference.waiting", 1,
                    "hartonomous.inference.loaded", 1)))
        .bindOrCreate("hartonomous", Settings.class);
  }

  private LoadedAgent agent() {
    return new LoadedAgent(
        UUID.randomUUID(), Tiny.llama(1), new GatedLetters(), null, new LoadedAgent.Marks("", ""));
  }

  private List<Generation> answer(Answering.Reader reader) throws Exception {
    return answering.answer(
        new Owner("ann", "ann"),
        List.of(new Answering.Task(agent(), request, null, null, null)),
        reader);
  }

  /// One letter to a token; waits at the gate before it shows the first.
  private final class GatedLetters implements Tokenizer {

    @Override
    public int vocabularySize() {
      return 17;
    }

    @Override
    public int[] encode(String text) {
      return text.chars().map(letter -> letter - 'a').toArray();
    }

    @Override
    public String decode(int[] ids) {
      if (ids.length > request.prompt().length) {
        awaitGate();
      }
      var text = new StringBuilder();
      for (int id : ids) {
        text.append((char) ('a' + id));
      }
      return text.toString();
    }

    private void awaitGate() {
      arrived.countDown();
      try {
        gate.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public OptionalInt beginId() {
      return OptionalInt.empty();
    }

    @Override
    public OptionalInt endId() {
      return OptionalInt.empty();
    }

    @Override
    public boolean addsBegin() {
      return false;
    }

    @Override
    public String contentHash() {
      return "0".repeat(64);
    }

    @Override
    public String token(int id) {
      return decode(new int[] {id});
    }
  }

  @Test
  void refusesWhatCannotWait() throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> running = executor.submit(() -> answer((_, _) -> {}));
      arrived.await();
      Future<?> waiting = executor.submit(() -> answer((_, _) -> {}));
      while (answering.load().waiting() == 0) {
        Thread.sleep(5);
      }

      assertThatThrownBy(() -> answer((_, _) -> {}))
          .isInstanceOfSatisfying(
              ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(429));

      gate.countDown();
      running.get();
      waiting.get();
    }
  }

  @Test
  void cancelsAnAnswerThatNobodyReads() throws Exception {
    gate.countDown();
    var heard = new AtomicInteger();

    assertThatThrownBy(
            () ->
                answer(
                    (_, _) -> {
                      heard.incrementAndGet();
                      throw new IOException("connection reset");
                    }))
        .isInstanceOf(IOException.class);

    assertThat(heard).hasValue(1);
    assertThat(answer((_, _) -> {}).getFirst().ids()).hasSize(10);
  }
}
