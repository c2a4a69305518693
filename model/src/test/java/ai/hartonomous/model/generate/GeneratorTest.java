package ai.hartonomous.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.model.generate.Generation.FinishReason;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GeneratorTest {

  private static final int[] PROMPT = {3, 1, 4, 1, 5};

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void close() {
    kernels.close();
  }

  static Stream<Tiny.Named> writers() {
    return Stream.concat(Tiny.all(3).stream(), served()).filter(named -> writes(named.model()));
  }

  /// {@return models in the number formats of serving}
  private static Stream<Tiny.Named> served() {
    Stream<Tiny.Named> wide =
        Arrays.stream(ServingFormat.values())
            .map(format -> new Tiny.Named("wide " + format, format.convert(Tiny.wide(3))));
    Model ragged = ServingFormat.BF16.convert(Tiny.llamaRagged(3));
    return Stream.concat(wide, Stream.of(new Tiny.Named("ragged BF16", ragged)));
  }

  static boolean writes(Model model) {
    var extents = model.config().extents();
    return model.config().block().causal() && extents.outputs() == extents.vocabulary();
  }

  private Generator generator(Model model) throws IOException {
    return new Generator(new Transformer(model, kernels), tokenizer(model));
  }

  private static Tokenizer tokenizer(Model model) throws IOException {
    return Letters.tokenizer(model.config().extents().vocabulary());
  }

  private static GenerationRequest request(Sampling sampling, int maxTokens, String... stops) {
    return new GenerationRequest(PROMPT, sampling, maxTokens, List.of(stops), Set.of());
  }

  /// The likeliest tokens by whole passes, without a cache.
  private int[] plain(Model model, int count) {
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    int[] ids = PROMPT;
    for (int i = 0; i < count; i++) {
      Matrix logits = transformer.forward(Batch.of(ids), trace, Hooks.NONE);
      int last = logits.rowOffset(ids.length - 1);
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = Sampler.likeliest(logits.data(), last, logits.cols());
    }
    return Arrays.copyOfRange(ids, PROMPT.length, ids.length);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writers")
  void greedyTokensAreThoseOfThePlainPass(Tiny.Named named) throws Exception {
    Generation generation =
        generator(named.model()).generate(request(Sampling.GREEDY, 12), Generator.Listener.NONE);

    assertThat(generation.ids()).containsExactly(plain(named.model(), 12));
    assertThat(generation.text()).isEqualTo(tokenizer(named.model()).decode(generation.ids()));
    assertThat(generation.reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(generation.prompt().tokens()).isEqualTo(PROMPT.length);
  }

  @Test
  void stopTextThatIsSplitOverTokensIsFoundAndNeverShown() throws Exception {
    Model model = Tiny.llama(3);
    String whole = tokenizer(model).decode(plain(model, 12));
    String stop = whole.substring(4, 7);
    int first = whole.indexOf(stop);
    List<String> shown = new ArrayList<>();

    Generation generation =
        generator(model)
            .generate(request(Sampling.GREEDY, 12, stop, "#"), piece -> shown.add(piece.text()));

    assertThat(generation.reason()).isEqualTo(FinishReason.STOP);
    assertThat(generation.text()).isEqualTo(whole.substring(0, first));
    assertThat(String.join("", shown)).isEqualTo(generation.text());
    assertThat(generation.ids()).hasSize(first + stop.length());
  }

  @Test
  void textHeldBackForAStopComesOutAtTheEnd() throws Exception {
    Model model = Tiny.llama(3);
    String whole = tokenizer(model).decode(plain(model, 6));
    List<String> shown = new ArrayList<>();

    Generation generation =
        generator(model)
            .generate(
                request(Sampling.GREEDY, 6, whole.substring(4) + "#"),
                piece -> shown.add(piece.text()));

    assertThat(generation.text()).isEqualTo(whole);
    assertThat(String.join("", shown)).isEqualTo(whole);
  }

  @Test
  void stopTokenEndsAndIsNotPartOfTheText() throws Exception {
    Model model = Tiny.gpt2(3);
    int[] plain = plain(model, 8);
    int stop = plain[3];
    int first = 0;
    while (plain[first] != stop) {
      first++;
    }
    var request = new GenerationRequest(PROMPT, Sampling.GREEDY, 8, List.of(), Set.of(stop));

    Generation generation = generator(model).generate(request, Generator.Listener.NONE);

    assertThat(generation.reason()).isEqualTo(FinishReason.STOP);
    assertThat(generation.ids()).containsExactly(Arrays.copyOf(plain, first));
  }

  @Test
  void endOfTheContextEndsWithLength() throws Exception {
    Model model = Tiny.llama(3);

    Generation generation =
        generator(model).generate(request(Sampling.GREEDY, 1000), Generator.Listener.NONE);

    assertThat(generation.reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(generation.ids()).hasSize(model.config().extents().positions() - PROMPT.length);
  }

  @Test
  void refusesAPromptThatFillsTheContext() throws IOException {
    Model model = Tiny.llama(3);
    int context = model.config().extents().positions();
    var request = new GenerationRequest(new int[context], Sampling.GREEDY, 1, List.of(), Set.of());
    Generator generator = generator(model);

    assertThatThrownBy(() -> generator.generate(request, Generator.Listener.NONE))
        .isInstanceOf(PromptTooLongException.class)
        .hasMessageContaining("%d tokens".formatted(context));
  }

  @Test
  void refusesAModelThatDoesNotWrite() {
    assertThatThrownBy(() -> generator(Tiny.toy(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not write text");
  }

  @Test
  void anInterruptCancels() throws IOException {
    Generator generator = generator(Tiny.llama(3));
    Generator.Listener interrupt = _ -> Thread.currentThread().interrupt();

    assertThatThrownBy(() -> generator.generate(request(Sampling.GREEDY, 12), interrupt))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aSeedGivesTheSameTextAgainAndAnotherSeedAnother() throws Exception {
    Generator generator = generator(Tiny.llama(3));

    String one = text(generator, 1);

    assertThat(text(generator, 1)).isEqualTo(one);
    assertThat(text(generator, 2)).isNotEqualTo(one);
  }

  private static String text(Generator generator, long seed) throws InterruptedException {
    return generator.generate(request(Sampling.of(5, seed), 18), Generator.Listener.NONE).text();
  }

  @Test
  void neverChoosesARowWithoutAToken() throws Exception {
    Model model = Tiny.llama(3);
    var generator = new Generator(new Transformer(model, kernels), Letters.tokenizer(6));

    Generation generation =
        generator.generate(request(Sampling.of(50, 1), 18), Generator.Listener.NONE);

    assertThat(generation.ids()).hasSize(18);
    assertThat(Arrays.stream(generation.ids()).max().orElseThrow()).isLessThan(6);
  }
}
