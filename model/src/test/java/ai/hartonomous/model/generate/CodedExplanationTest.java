package ai.hartonomous.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.generate.BatchGenerator.Limits;
import ai.hartonomous.model.generate.Explanation.Coded;
import ai.hartonomous.model.generate.Explanation.Component;
import ai.hartonomous.model.generate.Explanation.Contribution;
import ai.hartonomous.model.generate.Explanation.Kind;
import ai.hartonomous.model.generate.GenerationRequest.Scores;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Explanations by a transcoder that knows nothing: whatever it says, the parts add up.
class CodedExplanationTest {

  private static final int[] PROMPT = {3, 1, 4, 1, 5};

  /// Logits here are below 20, and a float sum of some dozen products is off by less.
  private static final double ROUNDING = 1e-4;

  private final Kernels kernels = Kernels.of(1);
  private final BatchGenerator generator =
      new BatchGenerator(kernels, new Limits(64, 100, 100, 1L << 28));

  @AfterEach
  void close() {
    generator.close();
    kernels.close();
  }

  /// Feature `i` is active where input `i` is positive, and writes its activation to number `i`;
  /// the skip path writes 0.25 of the input, and the bias is 0.5 everywhere.
  private record Positive(int layer, int width, AtomicInteger calls) implements Transcoder {

    @Override
    public Split split(float[] input, double[] direction, Kernels kernels) {
      calls.incrementAndGet();
      List<Active> active = new ArrayList<>();
      double skip = 0;
      double bias = 0;
      for (int i = 0; i < input.length; i++) {
        if (input[i] > 0) {
          active.add(new Active(i, input[i], input[i] * direction[i]));
        }
        skip += 0.25 * input[i] * direction[i];
        bias += 0.5 * direction[i];
      }
      return new Split(active, skip, bias);
    }
  }

  private static Transcoder positive(Model model, int layer) {
    return new Positive(layer, model.config().width(), new AtomicInteger());
  }

  private static List<Transcoder> everywhere(Model model) {
    return IntStream.range(0, model.config().layers().size())
        .mapToObj(layer -> positive(model, layer))
        .toList();
  }

  private static Tokenizer tokenizer(Model model) throws IOException {
    return Letters.tokenizer(model.config().extents().vocabulary());
  }

  private static GenerationRequest request(int[] prompt, int components, List<Transcoder> coders) {
    var scores = new Scores(-1, false, components, coders);
    return new GenerationRequest(prompt, Sampling.of(1, 7), 8, List.of(), Set.of(), scores);
  }

  private Future<Generation> submit(Model model, GenerationRequest request) throws Exception {
    return generator.submit("ann", model, tokenizer(model), request, Generator.Listener.NONE);
  }

  private static double told(Explanation explanation) {
    return explanation.strongest().stream().mapToDouble(Contribution::logit).sum();
  }

  private static Coded coded(Explanation explanation) {
    return Objects.requireNonNull(explanation.rest().coded());
  }

  static Stream<Tiny.Named> writers() {
    return GeneratorTest.writers();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writers")
  void featuresSkipPathErrorAndAllElseAddUpToTheLogit(Tiny.Named named) throws Exception {
    Model model = named.model();
    boolean hasMlp = model.config().layers().stream().anyMatch(layer -> layer.neurons() > 0);

    Generation generation = submit(model, request(PROMPT, 3, everywhere(model))).get();

    assertThat(generation.explanations()).hasSize(generation.ids().length).isNotEmpty();
    for (Explanation explanation : generation.explanations()) {
      assertThat(told(explanation) + explanation.rest().sum())
          .isCloseTo(explanation.logit(), within(ROUNDING));
      assertThat(explanation.rest().neurons()).isZero();
      assertThat(explanation.strongest())
          .noneMatch(part -> part.component().kind() == Kind.NEURON)
          .allMatch(
              part -> (part.component().kind() == Kind.FEATURE) == (part.activation() != null));
      assertThat(coded(explanation).skip() != 0).isEqualTo(hasMlp);
      assertThat(coded(explanation).error() != 0).isEqualTo(hasMlp);
    }
  }

  @Test
  void layersWithoutTranscoderTellNeurons() throws Exception {
    Model model = Tiny.llama(1);

    Generation generation = submit(model, request(PROMPT, 100, List.of(positive(model, 1)))).get();

    Explanation plain =
        submit(model, request(PROMPT, 100, List.of())).get().explanations().getFirst();
    Explanation explanation = generation.explanations().getFirst();
    assertThat(layers(explanation, Kind.NEURON)).containsOnly(0);
    assertThat(layers(explanation, Kind.FEATURE)).containsOnly(1);
    assertThat(of(explanation, 0)).isEqualTo(of(plain, 0));
    assertThat(explanation.rest().coded()).isNotNull();
    assertThat(plain.rest().coded()).isNull();
    assertThat(told(explanation) + explanation.rest().sum())
        .isCloseTo(explanation.logit(), within(ROUNDING));
  }

  private static List<Contribution> of(Explanation explanation, int layer) {
    return explanation.strongest().stream()
        .filter(part -> part.component().layer() == layer)
        .toList();
  }

  private static List<Integer> layers(Explanation explanation, Kind kind) {
    return explanation.strongest().stream()
        .map(Contribution::component)
        .filter(component -> component.kind() == kind)
        .map(Component::layer)
        .toList();
  }

  @Test
  void featuresAreComputedForExplainedTokensAlone() throws Exception {
    Model model = Tiny.roomy(1, 512);
    int[] prompt = IntStream.range(0, 300).map(i -> i % 7).toArray(); // three pieces
    var calls = new AtomicInteger();
    Transcoder counting = new Positive(0, model.config().width(), calls);

    Generation generation = submit(model, request(prompt, 2, List.of(counting))).get();
    Generation silent = submit(model, request(prompt, 0, List.of(counting))).get();

    assertThat(generation.ids()).hasSize(8).isEqualTo(silent.ids());
    assertThat(calls).hasValue(8);
  }

  @Test
  void featuresAreTheSameAloneAndAmongOthers() throws Exception {
    Model model = Tiny.llama(1);
    List<Transcoder> coders = everywhere(model);
    Generation alone = submit(model, request(PROMPT, 9, coders)).get();

    List<Future<Generation>> answers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int[] prompt = i % 3 == 0 ? PROMPT : new int[] {i, 2};
      answers.add(submit(model, request(prompt, 9, i % 2 == 0 ? coders : List.of())));
    }

    for (int i = 0; i < 12; i += 6) {
      assertThat(answers.get(i).get().explanations()).isEqualTo(alone.explanations());
    }
    assertThat(answers.get(3).get().ids()).isEqualTo(alone.ids());
  }

  /// What is added to the last MLP's output changes nothing that the MLP reads or writes, and of
  /// the logit's parts the divisor of the norm alone.
  @Test
  void whatIsAddedToAnMlpIsNoErrorOfItsTranscoder() throws Exception {
    Model model = Tiny.llama(1);
    float[] vector = new float[model.config().width()];
    model.weights().output().weight().readRow(4, vector, 0);
    int last = model.config().layers().size() - 1;
    var always = new Sampling(0, 0, 1, 0, 7, new LogitAdjustments(0, 0, Map.of(3, 100.0)));
    var scores = new Scores(-1, false, 4, List.of(positive(model, last)));
    var request = new GenerationRequest(PROMPT, always, 2, List.of(), Set.of(), scores);
    GenerationRequest pushed =
        request.withSteering(
            List.of(
                new Steering.Added(0, last, vector),
                new Steering.Scaled(new Component(Kind.HEAD, 0, 0), 1)));

    Explanation plain = submit(model, request).get().explanations().getFirst();
    List<Explanation> all = submit(model, pushed).get().explanations();

    for (Explanation explanation : all) {
      assertThat(explanation.rest().steering()).isNotZero();
      assertThat(told(explanation) + explanation.rest().sum())
          .isCloseTo(explanation.logit(), within(ROUNDING));
    }
    Explanation first = all.getFirst();
    assertThat(first.id()).isEqualTo(plain.id()).isEqualTo(3);
    double ratio = first.rest().embedding() / plain.rest().embedding();
    assertThat(ratio).isNotCloseTo(1, within(1e-3));
    assertThat(coded(first).error()).isCloseTo(ratio * coded(plain).error(), within(ROUNDING));
    assertThat(coded(first).skip()).isCloseTo(ratio * coded(plain).skip(), within(ROUNDING));
  }

  @Test
  void aTranscoderOfALayerWithoutMlpTellsNothing() throws Exception {
    Model model = Tiny.llama(1);
    List<LayerConfig> layers = model.config().layers();
    LayerConfig none = LayerConfig.grouped(4, 2, 0);

    var coded =
        new CodedLayers(
            model.config().withLayers(List.of(none, layers.get(1))), everywhere(model), kernels);

    assertThat(coded.has(0)).isFalse();
    assertThat(coded.has(1)).isTrue();
  }

  @Test
  void refusesTranscodersThatDoNotFit() throws Exception {
    Model model = Tiny.llama(1);
    int width = model.config().width();
    var narrow = new Positive(0, width - 1, new AtomicInteger());

    refuses(model, List.of(positive(model, 9)), "layer 9");
    refuses(model, List.of(narrow), "%d wide".formatted(width - 1));
    refuses(model, List.of(positive(model, 1), positive(model, 1)), "two transcoders of layer 1");
    var two = new Voice(List.of(model, Tiny.llama(2)), new double[] {0.5, 0.5}, tokenizer(model));
    assertThatThrownBy(
            () ->
                generator.submit(
                    "ann", two, request(PROMPT, 1, everywhere(model)), Generator.Listener.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("of one model");
  }

  private void refuses(Model model, List<Transcoder> coders, String reason) {
    assertThatThrownBy(() -> submit(model, request(PROMPT, 1, coders)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesToScaleAFeature() {
    Model model = Tiny.llama(1);
    var scaled = new Steering.Scaled(new Component(Kind.FEATURE, 1, 0), 0);

    assertThatThrownBy(
            () -> submit(model, request(PROMPT, 1, List.of()).withSteering(List.of(scaled))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layers.1.features.0");
  }
}
