package ai.hartonomous.interpret.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.attribute.RandomCoders.Skip;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.transcoder.MlpTranscoder;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.generate.Explanation;
import ai.hartonomous.model.generate.Explanation.Coded;
import ai.hartonomous.model.generate.Explanation.Contribution;
import ai.hartonomous.model.generate.Explanation.Kind;
import ai.hartonomous.model.generate.Generation;
import ai.hartonomous.model.generate.GenerationRequest;
import ai.hartonomous.model.generate.GenerationRequest.Scores;
import ai.hartonomous.model.generate.Generator;
import ai.hartonomous.model.generate.Sampling;
import ai.hartonomous.model.generate.Steering;
import ai.hartonomous.model.generate.Transcoder;
import ai.hartonomous.model.generate.Voice;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.tokenizer.EmbeddedVocabulary;
import ai.hartonomous.model.tokenizer.EmbeddedVocabulary.Marks;
import ai.hartonomous.model.tokenizer.Piece;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What explanations of generated tokens say of features, against a plain computation in double
/// precision over a whole pass without a cache.
class FeatureExplanationTest {

  private static final int TOKENS = 8;

  /// Logits are below 25, and sums of some hundred products in single precision are off by less.
  private static final double ROUNDING = 2e-4;

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void close() {
    kernels.close();
  }

  static Stream<Tiny.Named> writers() {
    return Tiny.all(3).stream()
        .filter(it -> it.model().config().block().causal())
        .filter(
            it -> {
              var extents = it.model().config().extents();
              return extents.outputs() == extents.vocabulary();
            })
        .filter(it -> it.model().config().layers().getFirst().neurons() > 0);
  }

  private static Tokenizer letters(Model model) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    for (int id = 0; id < model.config().extents().vocabulary(); id++) {
      pieces.add(new Piece(Character.toString('a' + id), 0, Piece.Type.NORMAL));
    }
    var marks = new Marks(-1, -1, -1, false, false);
    return Tokenizers.of(
        new EmbeddedVocabulary("llama", null, pieces, List.of(), marks), Path.of("letters.gguf"));
  }

  private static GenerationRequest request(int[] prompt, List<SparseCoder> coders) {
    List<Transcoder> transcoders = coders.stream().<Transcoder>map(MlpTranscoder::new).toList();
    var scores = new Scores(-1, false, 100, transcoders);
    return new GenerationRequest(prompt, Sampling.of(1, 7), TOKENS, List.of(), Set.of(), scores);
  }

  private Generation generate(Model model, GenerationRequest request) throws Exception {
    return new Generator(Voice.of(model, letters(model)), kernels)
        .generate(request, Generator.Listener.NONE);
  }

  private static double sum(Explanation explanation) {
    return explanation.strongest().stream().mapToDouble(Contribution::logit).sum()
        + explanation.rest().sum();
  }

  private static int[] before(int[] prompt, Generation generation, int token) {
    int[] ids = Arrays.copyOf(prompt, prompt.length + token);
    System.arraycopy(generation.ids(), 0, ids, prompt.length, token);
    return ids;
  }

  private static void check(Explanation explanation, PlainPass plain, List<SparseCoder> coders) {
    PlainPass.Parts parts = plain.parts(coders, explanation.id());
    Coded coded = Objects.requireNonNull(explanation.rest().coded());
    double others = parts.features().values().stream().mapToDouble(it -> it).sum();
    for (Contribution part : explanation.strongest()) {
      String path = part.component().path();
      if (part.component().kind() == Kind.FEATURE) {
        others -= Optional.ofNullable(parts.features().get(path)).orElseThrow();
        assertThat(part.logit()).as(path).isCloseTo(parts.features().get(path), within(ROUNDING));
        SparseCoder coder =
            coders.stream()
                .filter(it -> it.reads().layer() == part.component().layer())
                .findFirst()
                .orElseThrow();
        double activation =
            Optional.ofNullable(
                    PlainPass.active(coder, plain.at(Site.MLP_INPUT, part.component().layer()))
                        .get(part.component().index()))
                .orElseThrow();
        assertThat(part.activation()).as(path).isCloseTo(activation, within(ROUNDING));
      }
    }
    assertThat(coded.features()).isCloseTo(others, within(ROUNDING));
    assertThat(coded.skip()).isCloseTo(parts.skip(), within(ROUNDING));
    assertThat(coded.error()).isCloseTo(parts.error(), within(ROUNDING));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writers")
  void everyPartIsThatOfAPlainComputation(Tiny.Named named) throws Exception {
    Model model = named.model();
    List<SparseCoder> coders = RandomCoders.of(model.config(), 24, 5, Skip.WITH_SKIP, 11);
    int[] prompt = {3, 1, 4, 1, 5};

    Generation generation = generate(model, request(prompt, coders));

    for (int t = 0; t < generation.ids().length; t++) {
      Explanation explanation = generation.explanations().get(t);
      assertThat(sum(explanation)).isCloseTo(explanation.logit(), within(ROUNDING));
      check(
          explanation,
          PlainPass.of(model, before(prompt, generation, t), Hooks.NONE, kernels),
          coders);
    }
  }

  @ParameterizedTest
  @EnumSource(Skip.class)
  void aSkipPathIsToldWhereThereIsOne(Skip skip) throws Exception {
    Model model = Tiny.gpt2(1);
    List<SparseCoder> coders = RandomCoders.of(model.config(), 24, 5, skip, 3);

    Generation generation = generate(model, request(new int[] {1, 2}, coders));

    for (Explanation explanation : generation.explanations()) {
      Coded coded = Objects.requireNonNull(explanation.rest().coded());
      assertThat(coded.skip() != 0).isEqualTo(skip == Skip.WITH_SKIP);
      assertThat(coded.error()).isNotZero();
      assertThat(sum(explanation)).isCloseTo(explanation.logit(), within(ROUNDING));
    }
  }

  /// Nothing comes after the last MLP but the norm: without what a feature writes there, the live
  /// pass loses exactly its contribution where the divisor is held.
  @Test
  void aFeatureOfTheLastLayerIsWhatTheLogitLosesWithoutItInThePass() throws Exception {
    Model model = Tiny.llama(1);
    int last = model.config().layers().size() - 1;
    List<SparseCoder> coders =
        List.of(RandomCoders.of(model.config(), 24, 5, Skip.WITH_SKIP, 11).get(last));
    int[] prompt = {3, 1, 4, 1, 5};

    Explanation first = generate(model, request(prompt, coders)).explanations().getFirst();

    PlainPass whole = PlainPass.of(model, prompt, Hooks.NONE, kernels);
    List<Contribution> features =
        first.strongest().stream().filter(it -> it.component().kind() == Kind.FEATURE).toList();
    assertThat(features).isNotEmpty();
    for (Contribution feature : features) {
      Matrix decoder = coders.getFirst().weights().decoder();
      double activation = Objects.requireNonNull(feature.activation());
      double[] written = PlainPass.row(decoder, feature.component().index(), activation);
      Hooks ablate =
          (point, values) -> {
            if (point.equals(new HookPoint(Site.MLP_OUTPUT, last))) {
              for (int i = 0; i < written.length; i++) {
                values.data()[values.rowOffset(values.rows() - 1) + i] -= (float) written[i];
              }
            }
          };
      PlainPass without = PlainPass.of(model, prompt, ablate, kernels);
      double lost = first.logit() - whole.logit(first.id(), without.residual(), whole.residual());
      assertThat(lost).isCloseTo(feature.logit(), within(ROUNDING));
    }
  }

  @Test
  void steeredByFeaturesThePartsStillAddUpAndTheErrorIsTheCodersOwn() throws Exception {
    Model model = Tiny.llama(1);
    List<SparseCoder> coders = RandomCoders.of(model.config(), 24, 5, Skip.WITH_SKIP, 11);
    float[] vector = new float[model.config().width()];
    coders.getFirst().weights().decoder().readRow(2, vector, 0);
    int[] prompt = {3, 1, 4};
    var steered = List.<Steering>of(new Steering.Added(0, 0, vector));

    Generation generation = generate(model, request(prompt, coders).withSteering(steered));

    Hooks hooks =
        (point, values) -> {
          for (int r = 0;
              point.equals(new HookPoint(Site.MLP_OUTPUT, 0)) && r < values.rows();
              r++) {
            for (int i = 0; i < vector.length; i++) {
              values.data()[values.rowOffset(r) + i] += vector[i];
            }
          }
        };
    for (int t = 0; t < generation.ids().length; t++) {
      Explanation explanation = generation.explanations().get(t);
      assertThat(explanation.rest().steering()).isNotZero();
      assertThat(sum(explanation)).isCloseTo(explanation.logit(), within(ROUNDING));
      check(
          explanation, PlainPass.of(model, before(prompt, generation, t), hooks, kernels), coders);
    }
  }

  @Test
  void refusesWhatIsNoTranscoderOfAnMlp() {
    SparseCoder coder =
        RandomCoders.of(Tiny.llama(1).config(), 8, 2, Skip.WITHOUT_SKIP, 1).getFirst();
    var elsewhere =
        new SparseCoder(
            coder.reads(), new HookPoint(Site.MLP_OUTPUT, 1), coder.activation(), coder.weights());

    assertThatThrownBy(() -> new MlpTranscoder(elsewhere))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layers.0.mlp_input")
        .hasMessageContaining("layers.1.mlp_output");
  }

  @Test
  @Tag("weights")
  void transcodersOfATrainedModelAddUpAndAreThoseOfAPlainComputation() throws Exception {
    RealPrompts real =
        RealPrompts.of("model-stories260k", "corpus-stories260k-samples/stories.txt", 5, 12);
    List<SparseCoder> coders =
        Coders.read(RealPrompts.path("sae-stories260k")).stream()
            .filter(FrozenModel::isTranscoder)
            .toList();
    assertThat(coders).hasSize(5);
    double worst = 0;
    for (int[] prompt : real.prompts()) {
      Generation generation = generate(real.model(), request(prompt, coders));
      assertThat(generation.explanations()).hasSize(TOKENS);
      for (int t = 0; t < TOKENS; t++) {
        Explanation explanation = generation.explanations().get(t);
        worst = Math.max(worst, Math.abs(sum(explanation) - explanation.logit()));
        assertThat(explanation.strongest())
            .anyMatch(part -> part.component().kind() == Kind.FEATURE);
        check(
            explanation,
            PlainPass.of(real.model(), before(prompt, generation, t), Hooks.NONE, kernels),
            coders);
      }
    }
    assertThat(worst).isLessThan(ROUNDING);
  }
}
