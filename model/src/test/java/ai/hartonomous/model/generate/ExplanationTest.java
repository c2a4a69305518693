package ai.hartonomous.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.generate.BatchGenerator.Limits;
import ai.hartonomous.model.generate.Explanation.Component;
import ai.hartonomous.model.generate.Explanation.Contribution;
import ai.hartonomous.model.generate.Explanation.Kind;
import ai.hartonomous.model.generate.GenerationRequest.Scores;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplanationTest {

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

  static Stream<Tiny.Named> writers() {
    return GeneratorTest.writers();
  }

  private static Tokenizer tokenizer(Model model) throws IOException {
    return Letters.tokenizer(model.config().extents().vocabulary());
  }

  private static GenerationRequest request(int components) {
    return new GenerationRequest(
        PROMPT, Sampling.of(1, 7), 8, List.of(), Set.of(), new Scores(-1, false, components));
  }

  private Generation generate(Model model, GenerationRequest request) throws Exception {
    return generator.submit("ann", model, tokenizer(model), request, Generator.Listener.NONE).get();
  }

  private static double told(Explanation explanation) {
    return explanation.strongest().stream().mapToDouble(Contribution::logit).sum();
  }

  /// {@return the logits after these tokens by a whole pass without a cache}
  private float[] logits(Model model, int[] ids, Hooks hooks) {
    var transformer = new Transformer(model, kernels);
    Matrix logits =
        transformer.forward(Batch.of(ids), transformer.trace(Trace.Keep.INFERENCE), hooks);
    float[] last = new float[logits.cols()];
    logits.readRow(ids.length - 1, last, 0);
    return last;
  }

  private static int[] before(Generation generation, int token) {
    int[] ids = Arrays.copyOf(PROMPT, PROMPT.length + token);
    System.arraycopy(generation.ids(), 0, ids, PROMPT.length, token);
    return ids;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writers")
  void contributionsAndRestAddUpToTheLogit(Tiny.Named named) throws Exception {
    Model model = named.model();

    Generation generation = generate(model, request(3));

    assertThat(generation.explanations()).hasSize(generation.ids().length).isNotEmpty();
    for (int t = 0; t < generation.ids().length; t++) {
      Explanation explanation = generation.explanations().get(t);
      assertThat(explanation.id()).isEqualTo(generation.ids()[t]);
      assertThat(explanation.strongest()).hasSize(Math.min(3, model.config().components()));
      assertThat(told(explanation) + explanation.rest().sum())
          .isCloseTo(explanation.logit(), within(ROUNDING));
      assertThat(explanation.logit())
          .isCloseTo(
              logits(model, before(generation, t), Hooks.NONE)[explanation.id()], within(ROUNDING));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writers")
  void theStrongestAreTheStrongestOfAll(Tiny.Named named) throws Exception {
    Model model = named.model();
    int all = model.config().components();

    Explanation whole = generate(model, request(Math.min(100, all))).explanations().getFirst();
    Explanation few = generate(model, request(5)).explanations().getFirst();

    assertThat(few.strongest()).isEqualTo(whole.strongest().subList(0, Math.min(5, all)));
    assertThat(whole.strongest())
        .isSortedAccordingTo((a, b) -> Double.compare(Math.abs(b.logit()), Math.abs(a.logit())));
    if (all <= 100) {
      assertThat(whole.rest().heads()).isCloseTo(0, within(ROUNDING));
      assertThat(whole.rest().neurons()).isCloseTo(0, within(ROUNDING));
      assertThat(whole.strongest().stream().map(Contribution::component).distinct()).hasSize(all);
    }
  }

  /// In a model of one layer whose heads and MLP both read its input, without a last norm, nothing
  /// comes between a component and the logit.
  @Test
  void aContributionIsWhatTheLogitLosesWithoutTheComponentWhereNothingComesBetween()
      throws Exception {
    Model two = Tiny.neox(3);
    Weights weights = two.weights();
    Model model =
        new Model(
            two.config().withLayers(two.config().layers().subList(1, 2)),
            new Weights(
                weights.tokens(),
                weights.positions(),
                weights.layers().subList(1, 2),
                null,
                weights.output()));

    Generation generation = generate(model, request(100));

    Explanation explanation = generation.explanations().getFirst();
    for (Contribution part : explanation.strongest()) {
      float without = logits(model, PROMPT, silence(model, part.component()))[explanation.id()];
      assertThat(explanation.logit() - without)
          .as(part.component().path())
          .isCloseTo(part.logit(), within(ROUNDING));
    }
  }

  private static Hooks silence(Model model, Component component) {
    Site site = component.kind() == Kind.HEAD ? Site.HEAD_OUTPUT : Site.NEURONS;
    int width = component.kind() == Kind.HEAD ? model.config().extents().headWidth() : 1;
    return (point, values) -> {
      if (point.site() == site) {
        int at = values.rowOffset(PROMPT.length - 1) + component.index() * width;
        Arrays.fill(values.data(), at, at + width, 0);
      }
    };
  }

  @Test
  void anExplanationIsTheSameAloneAndAmongOthers() throws Exception {
    Model model = Tiny.llama(1);
    Generation alone = generate(model, request(4));

    List<Future<Generation>> answers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      answers.add(
          generator.submit(
              "user" + i % 3,
              model,
              tokenizer(model),
              request(i % 2 == 0 ? 4 : 0),
              Generator.Listener.NONE));
    }

    for (int i = 0; i < 12; i++) {
      Generation answer = answers.get(i).get();
      assertThat(answer.ids()).isEqualTo(alone.ids());
      assertThat(answer.explanations()).isEqualTo(i % 2 == 0 ? alone.explanations() : List.of());
    }
  }

  @Test
  void steeringChangesWhatTheComponentWritesAndNothingForOthers() throws Exception {
    Model model = Tiny.llama(1);
    Generation plain = generate(model, request(100));
    Component strongest = plain.explanations().getFirst().strongest().getFirst().component();
    GenerationRequest silenced =
        request(100).withSteering(List.of(new Steering.Scaled(strongest, 0)));

    Future<Generation> steered =
        generator.submit("ann", model, tokenizer(model), silenced, Generator.Listener.NONE);
    Future<Generation> beside =
        generator.submit("bob", model, tokenizer(model), request(100), Generator.Listener.NONE);

    Map<Component, Double> parts = new HashMap<>();
    Explanation first = steered.get().explanations().getFirst();
    first.strongest().forEach(part -> parts.put(part.component(), part.logit()));
    assertThat(parts.get(strongest)).isZero();
    assertThat(told(first) + first.rest().sum()).isCloseTo(first.logit(), within(ROUNDING));
    assertThat(beside.get().ids()).isEqualTo(plain.ids());
    assertThat(beside.get().explanations()).isEqualTo(plain.explanations());
  }

  @Test
  void steeringIsWhatAHookInThePlainPassDoes() throws Exception {
    Model model = Tiny.gpt2(2);
    Component head = new Component(Kind.HEAD, 1, 0);
    int width = model.config().extents().headWidth();

    Generation steered =
        generate(model, request(1).withSteering(List.of(new Steering.Scaled(head, -2))));

    Hooks hooks = ScaledHead.hooks(1, width, -2);
    for (int t = 0; t < steered.ids().length; t++) {
      Explanation explanation = steered.explanations().get(t);
      assertThat(explanation.logit())
          .isCloseTo(logits(model, before(steered, t), hooks)[explanation.id()], within(ROUNDING));
    }
  }

  private static float[] row(Model model, int token) {
    float[] row = new float[model.config().width()];
    model.weights().output().weight().readRow(token, row, 0);
    return row;
  }

  private static float[] times(double factor, float[] values) {
    float[] product = values.clone();
    for (int i = 0; i < product.length; i++) {
      product[i] *= (float) factor;
    }
    return product;
  }

  private static int lastMlp(Model model) {
    int layer = model.config().layers().size() - 1;
    while (layer >= 0 && model.config().layers().get(layer).neurons() == 0) {
      layer--;
    }
    return layer;
  }

  static Stream<Tiny.Named> writersWithMlp() {
    return writers().filter(named -> lastMlp(named.model()) >= 0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writersWithMlp")
  void whatIsAddedToAnMlpIsWhatAHookInThePlainPassAddsAndCountsAsSteering(Tiny.Named named)
      throws Exception {
    Model model = named.model();
    int layer = lastMlp(model);
    float[] vector = times(0.5, row(model, 4));

    Generation steered =
        generate(model, request(3).withSteering(List.of(new Steering.Added(0, layer, vector))));

    Hooks hooks =
        (point, values) -> {
          for (int r = 0; point.site() == Site.MLP_OUTPUT && r < values.rows(); r++) {
            for (int k = 0; point.layer() == layer && k < vector.length; k++) {
              values.data()[values.rowOffset(r) + k] += vector[k];
            }
          }
        };
    for (int t = 0; t < steered.ids().length; t++) {
      Explanation explanation = steered.explanations().get(t);
      assertThat(explanation.rest().steering()).isNotZero();
      assertThat(told(explanation) + explanation.rest().sum())
          .isCloseTo(explanation.logit(), within(ROUNDING));
      assertThat(explanation.logit())
          .isCloseTo(logits(model, before(steered, t), hooks)[explanation.id()], within(ROUNDING));
    }
  }

  @Test
  void addingNothingChangesNothingAndAddingATokensRowWritesTheToken() throws Exception {
    Model model = Tiny.llama(1);
    Generation plain = generate(model, request(3));

    Generation none =
        generate(
            model,
            request(3).withSteering(List.of(new Steering.Added(0, 0, times(0, row(model, 4))))));
    var greedy =
        new GenerationRequest(PROMPT, Sampling.of(0, 7), 8, List.of(), Set.of(), Scores.NONE);
    Generation much =
        generate(
            model,
            greedy.withSteering(List.of(new Steering.Added(0, 1, times(1e4, row(model, 4))))));

    assertThat(none.ids()).isEqualTo(plain.ids());
    assertThat(none.explanations()).isEqualTo(plain.explanations());
    assertThat(much.ids()).containsOnly(4).hasSize(8);
  }

  @Test
  void refusesToAddWhatDoesNotFit() {
    Model model = Tiny.llama(1);
    int width = model.config().width();

    assertThatThrownBy(() -> add(model, 9, new float[width]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no MLP in layer 9");
    assertThatThrownBy(() -> add(model, 0, new float[width + 1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("%d wide".formatted(width));
    assertThatThrownBy(() -> new Steering.Added(0, 0, new float[] {Float.NaN}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void add(Model model, int layer, float[] vector) throws Exception {
    generate(model, request(1).withSteering(List.of(new Steering.Added(0, layer, vector))));
  }

  @Test
  void refusesAComponentThatTheModelHasNot() throws Exception {
    Model model = Tiny.llama(1);
    var nothing = new Component(Kind.HEAD, 0, 1_000);

    assertThatThrownBy(
            () ->
                generate(model, request(1).withSteering(List.of(new Steering.Scaled(nothing, 0)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layers.0.heads.1000");
    assertThatThrownBy(() -> new Steering.Scaled(nothing, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
