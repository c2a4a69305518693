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
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Mixture;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What made the tokens of models of three families that are mixed.
class MixedExplanationTest {

  private static final int[] PROMPT = {3, 1, 4, 1, 5};

  /// As for one model; the mixed logit is rounded once more.
  private static final double ROUNDING = 1e-4;

  /// One number is computed in two orders of double precision.
  private static final double EXACT = 1e-9;

  private static final double[] WEIGHTS = {0.3, 0.5, 0.2};

  private final Kernels kernels = Kernels.of(1);
  private final List<Model> models = List.of(Tiny.llama(1), Tiny.gpt2(2), Tiny.mistral(3));
  private final BatchGenerator generator =
      new BatchGenerator(kernels, new Limits(64, 100, 100, 1L << 28));
  private Tokenizer letters;

  @BeforeEach
  void open() throws IOException {
    letters = Letters.tokenizer(17);
  }

  @AfterEach
  void close() {
    generator.close();
    kernels.close();
  }

  private Voice voice(double... weights) {
    return new Voice(models, weights, letters);
  }

  private static GenerationRequest request(int components, Sampling sampling) {
    return new GenerationRequest(
        PROMPT, sampling, 8, List.of(), Set.of(), new Scores(-1, false, components));
  }

  private Future<Generation> submit(Voice voice, GenerationRequest request) throws Exception {
    return generator.submit("ann", voice, request, Generator.Listener.NONE);
  }

  private static double told(Explanation explanation) {
    return explanation.strongest().stream().mapToDouble(Contribution::logit).sum();
  }

  /// {@return the logit of a new token by a whole pass without a cache}
  private double logit(Generation generation, int token, List<Hooks> hooks) {
    int[] ids = Arrays.copyOf(PROMPT, PROMPT.length + token);
    System.arraycopy(generation.ids(), 0, ids, PROMPT.length, token);
    var mixture = new Mixture(models.stream().map(it -> new Transformer(it, kernels)).toList());
    Matrix logits = mixture.forward(Batch.of(ids), WEIGHTS, hooks);
    return logits.at(ids.length - 1, generation.ids()[token]);
  }

  @ParameterizedTest(name = "{0} components told")
  @ValueSource(ints = {1, 7, 100})
  void contributionsOfAllModelsAndRestAddUpToTheMixedLogit(int components) throws Exception {
    Generation generation =
        submit(voice(WEIGHTS), request(components, Sampling.of(1, components))).get();

    int all = models.stream().mapToInt(it -> it.config().components()).sum();
    List<Hooks> none = Collections.nCopies(3, Hooks.NONE);
    assertThat(generation.explanations()).hasSize(generation.ids().length).isNotEmpty();
    for (int t = 0; t < generation.ids().length; t++) {
      Explanation explanation = generation.explanations().get(t);
      assertThat(explanation.strongest())
          .hasSize(Math.min(components, all))
          .isSortedAccordingTo((a, b) -> Double.compare(Math.abs(b.logit()), Math.abs(a.logit())));
      assertThat(told(explanation) + explanation.rest().sum())
          .isCloseTo(explanation.logit(), within(ROUNDING));
      assertThat(explanation.logit()).isCloseTo(logit(generation, t, none), within(ROUNDING));
    }
  }

  @Test
  void aContributionIsWhatItsOwnModelTellsTimesTheWeight() throws Exception {
    var forced = new LogitAdjustments(0, 0, Map.of(6, 100.0)); // the same token for all
    GenerationRequest request = request(100, new Sampling(0, 0, 1, 0, 1, forced));

    Explanation mixed = submit(voice(WEIGHTS), request).get().explanations().getFirst();

    Map<Component, Double> own = new HashMap<>();
    double embedding = 0;
    double biases = 0;
    double heads = 0;
    for (int k = 0; k < WEIGHTS.length; k++) {
      Voice alone = Voice.of(models.get(k), letters);
      Explanation single = submit(alone, request).get().explanations().getFirst();
      assertThat(single.id()).isEqualTo(mixed.id());
      for (Contribution part : single.strongest()) {
        Component it = part.component();
        own.put(new Component(k, it.kind(), it.layer(), it.index()), WEIGHTS[k] * part.logit());
      }
      embedding += WEIGHTS[k] * single.rest().embedding();
      biases += WEIGHTS[k] * single.rest().biases();
      heads += WEIGHTS[k] * (single.rest().heads() + heads(single));
    }
    assertThat(mixed.strongest()).extracting(it -> it.component().model()).contains(0, 1, 2);
    assertThat(own.keySet())
        .containsAll(mixed.strongest().stream().map(Contribution::component).toList());
    for (Contribution part : mixed.strongest()) {
      assertThat(part.logit()).isCloseTo(own.get(part.component()), within(EXACT));
    }
    assertThat(mixed.rest().embedding()).isCloseTo(embedding, within(EXACT));
    assertThat(mixed.rest().biases()).isCloseTo(biases, within(EXACT));
    assertThat(mixed.rest().heads() + heads(mixed)).isCloseTo(heads, within(EXACT));
  }

  private static double heads(Explanation explanation) {
    return explanation.strongest().stream()
        .filter(it -> it.component().kind() == Kind.HEAD)
        .mapToDouble(Contribution::logit)
        .sum();
  }

  @Test
  void allTheWeightOnOneModelGivesItsExplanation() throws Exception {
    GenerationRequest request = request(9, Sampling.of(1, 3));

    Generation first = submit(voice(1, 0, 0), request).get();
    Generation last = submit(voice(0, 0, 1), request).get();
    Generation alone = submit(Voice.of(models.getFirst(), letters), request).get();

    assertThat(first.explanations()).isEqualTo(alone.explanations());
    assertThat(last.explanations())
        .allSatisfy(
            it -> assertThat(it.strongest()).allMatch(part -> part.component().model() == 2));
  }

  @Test
  void steeringIsWhatAHookInTheModelsPassDoesAndNothingForOthers() throws Exception {
    var head = new Component(1, Kind.HEAD, 1, 0);
    int width = models.get(1).config().extents().headWidth();
    GenerationRequest plain = request(5, Sampling.of(1, 7));
    Generation before = submit(voice(WEIGHTS), plain).get();

    Future<Generation> changed =
        submit(voice(WEIGHTS), plain.withSteering(List.of(new Steering.Scaled(head, -2))));
    Future<Generation> beside = submit(voice(WEIGHTS), plain);
    Future<Generation> kept =
        submit(voice(WEIGHTS), plain.withSteering(List.of(new Steering.Scaled(head, 1))));

    Hooks hook = ScaledHead.hooks(1, width, -2);
    Generation steered = changed.get();
    for (int t = 0; t < steered.ids().length; t++) {
      Explanation explanation = steered.explanations().get(t);
      assertThat(explanation.logit())
          .isCloseTo(logit(steered, t, List.of(Hooks.NONE, hook, Hooks.NONE)), within(ROUNDING));
      assertThat(told(explanation) + explanation.rest().sum())
          .isCloseTo(explanation.logit(), within(ROUNDING));
    }
    assertThat(steered.explanations()).isNotEqualTo(before.explanations());
    assertThat(beside.get().explanations()).isEqualTo(before.explanations());
    assertThat(kept.get().explanations()).isEqualTo(before.explanations());
  }

  @Test
  void refusesAComponentThatTheModelsHaveNot() {
    GenerationRequest request = request(1, Sampling.of(1, 7));

    for (Component nothing :
        List.of(
            new Component(3, Kind.HEAD, 0, 0),
            new Component(-1, Kind.HEAD, 0, 0),
            new Component(1, Kind.NEURON, 0, 1_000))) {
      assertThatThrownBy(
              () ->
                  submit(
                      voice(WEIGHTS),
                      request.withSteering(List.of(new Steering.Scaled(nothing, 0)))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
