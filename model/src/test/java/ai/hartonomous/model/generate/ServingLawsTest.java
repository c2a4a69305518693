package ai.hartonomous.model.generate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.SharedData;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.generate.BatchGenerator.Limits;
import ai.hartonomous.model.generate.BatchGenerator.Load;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Laws of serving: texts depend on nothing beside them, memory comes back, nobody waits for ever.
@Timeout(300)
class ServingLawsTest {

  private static final long ROOM = 1L << 30;
  private static final int TOKENS = 16;

  private final Kernels kernels = Kernels.of(1);
  private final List<BatchGenerator> started = new ArrayList<>();

  @AfterEach
  void close() {
    started.forEach(BatchGenerator::close);
    kernels.close();
  }

  private BatchGenerator start(Limits limits) {
    var generator = new BatchGenerator(kernels, limits);
    started.add(generator);
    return generator;
  }

  /// A real model with its tokenizer.
  private record Subject(Model model, Tokenizer tokenizer) {

    static Subject open(String name) throws IOException {
      Path folder = SharedData.folder(name);
      try (Checkpoint checkpoint = Checkpoints.open(folder)) {
        return new Subject(checkpoint.load(), Tokenizers.open(checkpoint.tokenizerSource()));
      }
    }

    static Subject tiny() throws IOException {
      Model model = Tiny.llama(1);
      return new Subject(model, Letters.tokenizer(model.config().extents().vocabulary()));
    }

    GenerationRequest request(int length, long seed, double temperature, int most) {
      var random = new SplittableRandom(seed);
      int[] prompt =
          IntStream.generate(() -> random.nextInt(tokenizer.vocabularySize()))
              .limit(length)
              .toArray();
      return new GenerationRequest(
          prompt, Sampling.of(temperature, seed), most, List.of(), Set.of());
    }
  }

  private static CompletableFuture<Generation> submit(
      BatchGenerator generator, Subject subject, Object owner, GenerationRequest request)
      throws BusyException {
    return generator.submit(
        owner, subject.model(), subject.tokenizer(), request, Generator.Listener.NONE);
  }

  private static void awaitIdle(BatchGenerator generator) {
    while (generator.load().growing() + generator.load().waiting() > 0) {
      Thread.onSpinWait();
    }
  }

  @Tag("weights")
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"model-stories260k", "model-gpt2-shakespeare", "model-neox-sherlock"})
  void theSameSeedGivesTheSameTextAloneAndInEveryCompany(String name) throws Exception {
    Subject subject = Subject.open(name);
    int context = subject.model().config().extents().positions();
    List<GenerationRequest> requests =
        IntStream.range(0, 10)
            .mapToObj(i -> subject.request(1 + i * 13 % (context - TOKENS), i, i % 3 * 0.6, TOKENS))
            .toList();
    List<int[]> alone = new ArrayList<>();
    for (GenerationRequest request : requests) {
      var one = start(new Limits(1, 1, 1, ROOM));
      alone.add(submit(one, subject, "ann", request).get().ids());
      started.removeLast().close();
    }

    for (int company : new int[] {3, 10}) {
      var together = start(new Limits(company, 100, 100, ROOM));
      List<Integer> order = new ArrayList<>(IntStream.range(0, requests.size()).boxed().toList());
      Collections.shuffle(order, new Random(company));
      List<CompletableFuture<Generation>> answers =
          new ArrayList<>(Collections.nCopies(requests.size(), new CompletableFuture<>()));
      for (int i : order) {
        answers.set(i, submit(together, subject, "user" + i % 4, requests.get(i)));
      }
      for (int i = 0; i < requests.size(); i++) {
        assertThat(answers.get(i).get().ids())
            .as("text %d among %d", i, company)
            .isEqualTo(alone.get(i));
      }
    }
  }

  @Tag("weights")
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"model-stories260k", "model-gpt2-shakespeare", "model-neox-sherlock"})
  void greedyTextIsThatOfThePlainForwardPassTokenForToken(String name) throws Exception {
    Subject subject = Subject.open(name);
    var generator = start(new Limits(16, 100, 100, ROOM));
    List<GenerationRequest> requests =
        IntStream.range(0, 3).mapToObj(i -> subject.request(3 + 9 * i, i, 0, TOKENS)).toList();
    List<CompletableFuture<Generation>> answers = new ArrayList<>();
    for (GenerationRequest request : requests) {
      answers.add(submit(generator, subject, "ann", request));
    }
    List<int[]> served = new ArrayList<>();
    for (CompletableFuture<Generation> answer : answers) {
      served.add(answer.get().ids());
    }
    started.removeLast().close(); // the kernels are used by one at a time

    var transformer = new Transformer(subject.model(), kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    for (int i = 0; i < requests.size(); i++) {
      int[] ids = requests.get(i).prompt();
      for (int t = 0; t < TOKENS; t++) {
        Matrix logits = transformer.forward(Batch.of(ids), trace, Hooks.NONE);
        int last = logits.rowOffset(ids.length - 1);
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] =
            Sampler.likeliest(logits.data(), last, subject.tokenizer().vocabularySize());
      }
      int prompt = requests.get(i).prompt().length;
      assertThat(served.get(i))
          .as("text %d", i)
          .isEqualTo(Arrays.copyOfRange(ids, prompt, prompt + TOKENS));
    }
  }

  @Test
  void memoryOfACancelledSequenceIsFreeBeforeOthersEnd() throws Exception {
    Model model = Tiny.roomy(1, 600);
    var subject = new Subject(model, Letters.tokenizer(model.config().extents().vocabulary()));
    long one = KvCache.bytes(model.config(), 500);
    var generator = start(new Limits(8, 100, 100, one));
    var begun = new CountDownLatch(1);
    CompletableFuture<Generation> gone =
        generator.submit(
            "ann",
            model,
            subject.tokenizer(),
            subject.request(10, 1, 0, 490),
            _ -> begun.countDown());
    begun.await();
    CompletableFuture<Generation> next =
        submit(generator, subject, "bob", subject.request(10, 2, 0, 490));
    assertThat(generator.load().usedBytes()).isEqualTo(one);

    gone.cancel(true);

    assertThat(next.get(60, TimeUnit.SECONDS).ids()).hasSize(490);
    awaitIdle(generator);
    assertThat(generator.load().usedBytes()).isZero();
  }

  @Test
  void oneOwnersFloodDoesNotKeepAnotherWaiting() throws Exception {
    Model model = Tiny.roomy(1, 600);
    var subject = new Subject(model, Letters.tokenizer(model.config().extents().vocabulary()));
    var generator = start(new Limits(8, 1_000, 1_000, ROOM));
    List<CompletableFuture<Generation>> flood = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      flood.add(submit(generator, subject, "flood", subject.request(400, i, 0, 150)));
    }
    while (generator.load().growing() < 6) {
      Thread.onSpinWait();
    }

    submit(generator, subject, "bob", subject.request(5, 99, 0, 3)).get();

    assertThat(flood.stream().filter(CompletableFuture::isDone).count())
        .as("of 40 long answers, ended before the short one of another owner")
        .isZero();
    flood.forEach(answer -> answer.cancel(true));
    awaitIdle(generator);
  }

  @Test
  void anOwnerAloneLeavesAQuarterOfPlacesAndMemory() throws Exception {
    Model model = Tiny.roomy(1, 600);
    var subject = new Subject(model, Letters.tokenizer(model.config().extents().vocabulary()));
    long four = 4 * KvCache.bytes(model.config(), 500);
    var byMemory = start(new Limits(16, 1_000, 1_000, four));
    List<CompletableFuture<Generation>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(submit(byMemory, subject, "ann", subject.request(10, i, 0, 490)));
    }

    while (byMemory.load().growing() < 3) {
      Thread.onSpinWait();
    }
    assertThat(byMemory.load().growing()).isEqualTo(3);
    submit(byMemory, subject, "bob", subject.request(10, 9, 0, 2)).get();
    assertThat(answers).noneMatch(CompletableFuture::isDone);
    answers.forEach(answer -> answer.cancel(true));
    awaitIdle(byMemory);
    assertThat(byMemory.load().usedBytes()).isZero();
  }

  @Test
  void aForgottenModelIsGoneAfterItsLastSequence() throws Exception {
    Model model = Tiny.roomy(1, 600);
    var subject = new Subject(model, Letters.tokenizer(model.config().extents().vocabulary()));
    var generator = start(new Limits(8, 100, 100, ROOM));
    var begun = new CountDownLatch(1);
    CompletableFuture<Generation> growing =
        generator.submit(
            "ann",
            model,
            subject.tokenizer(),
            subject.request(300, 1, 0, 200),
            _ -> begun.countDown());
    begun.await();

    generator.forget(model);

    assertThat(growing.get().ids()).hasSize(200);
    awaitIdle(generator);
    assertThat(generator.load()).isEqualTo(new Load(0, 0, 0, 0));
  }

  @Test
  void manyShortCallsLeaveNothingBehind() throws Exception {
    shortCalls(1_000);
  }

  @Test
  @Tag("slow")
  void tenThousandShortCallsLeaveNothingBehind() throws Exception {
    shortCalls(10_000);
  }

  /// A tenth are cancelled at once, a tenth have a listener that fails. Every one must end.
  private void shortCalls(int count) throws Exception {
    Subject subject = Subject.tiny();
    var generator = start(new Limits(64, count, count, ROOM));
    calls(generator, subject, 500); // classes are loaded, code is compiled
    long before = liveBytes(generator);

    calls(generator, subject, count);

    assertThat(generator.load()).isEqualTo(new Load(0, 0, 0, 0));
    // 100 bytes kept by each of a thousand calls would be found.
    assertThat(liveBytes(generator) - before).isLessThan(Math.max(100_000L, 100L * count));
  }

  private static void calls(BatchGenerator generator, Subject subject, int count) throws Exception {
    List<CompletableFuture<Generation>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Generator.Listener listener =
          i % 10 == 3
              ? _ -> {
                throw new IllegalStateException("gone");
              }
              : Generator.Listener.NONE;
      GenerationRequest request = subject.request(1 + i % 7, i, i % 2, 4);
      CompletableFuture<Generation> answer =
          generator.submit("user" + i % 5, subject.model(), subject.tokenizer(), request, listener);
      if (i % 10 == 7) {
        answer.cancel(true);
      }
      answers.add(answer);
    }
    for (CompletableFuture<Generation> answer : answers) {
      Generation whole = answer.exceptionally(_ -> null).get(60, TimeUnit.SECONDS);
      assertThat(whole == null || whole.ids().length == 4).isTrue();
    }
    awaitIdle(generator);
  }

  private static long liveBytes(BatchGenerator generator) {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    assertThat(generator.load().growing()).isZero();
    return least;
  }
}
