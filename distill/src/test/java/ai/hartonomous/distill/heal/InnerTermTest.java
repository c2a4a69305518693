package ai.hartonomous.distill.heal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.heal.Objective.Distance;
import ai.hartonomous.distill.heal.Objective.Hidden;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class InnerTermTest {
  private static final long SEED = Long.getLong("test.seed", 32);

  private final Kernels kernels = Kernels.of(1);
  private final Model source = Tiny.llama(SEED);
  private final Model student = Tiny.llama(SEED + 1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  @ParameterizedTest
  @EnumSource
  void gradientOfTheHiddenTermAgreesWithCentralDifferences(Distance distance) {
    ExampleBatch batch = ExampleBatch.of(TinyItems.of(source, kernels, 2), 0, 1);
    var hidden = new HiddenTerm(source.config(), student.config(), new Hidden(distance, 0.7f));
    agreesWithCentralDifferences(hidden, batch);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void gradientOfTheFeatureTermAgreesWithCentralDifferences(CoderActivation activation) {
    List<SparseCoder> coders = List.of(coder(0, activation), coder(1, activation));
    ExampleBatch batch = ExampleBatch.of(TinyItems.of(source, kernels, 2), 0, 1);

    agreesWithCentralDifferences(new FeatureTerm(kernels, coders, 0.05f), batch);
  }

  static List<CoderActivation> activations() {
    return List.of(new CoderActivation.TopK(5), new CoderActivation.Relu());
  }

  /// A coder of random numbers.
  private SparseCoder coder(int layer, CoderActivation activation) {
    int width = source.config().width();
    int latents = 24;
    var random = new SplittableRandom(SEED + layer);
    Matrix encoder = Matrix.zeros(latents, width);
    for (int i = 0; i < encoder.data().length; i++) {
      encoder.data()[i] = (float) random.nextGaussian();
    }
    float[] bias = new float[latents];
    if (activation instanceof CoderActivation.Relu) {
      Arrays.fill(bias, 30f); // all active: differences across the kink are no derivatives
    }
    var weights =
        new CoderWeights(encoder, bias, Matrix.zeros(latents, width), new float[width], null, null);
    HookPair mlp = HookPair.mlp(layer);
    return new SparseCoder(mlp.reads(), mlp.writes(), activation, weights);
  }

  private void agreesWithCentralDifferences(InnerTerm one, ExampleBatch batch) {
    var term = new InnerTerms(new Transformer(source, kernels), List.of(one));
    Weights gradients = student.weights().zeros();
    var transformer = new Transformer(student, kernels);
    Trace trace = transformer.trace(Trace.Keep.TRAINING);
    term.run(batch);
    Matrix logits = transformer.forward(batch.tokens(), trace, term::compare);
    Arrays.fill(logits.data(), logits.offset(), logits.rowOffset(logits.rows()), 0f);
    transformer.backward(trace, logits, gradients, term::add);

    var random = new SplittableRandom(SEED);
    List<Parameter> parameters = student.weights().parameters();
    for (int p = 0; p < parameters.size(); p++) {
      Parameter parameter = parameters.get(p);
      int i = random.nextInt(parameter.data().length);
      float[] data = parameter.data();
      float value = data[i];
      float step = 0x1p-7f;
      data[i] = value + step;
      double up = inner(term, batch, transformer);
      data[i] = value - step;
      double down = inner(term, batch, transformer);
      data[i] = value;
      // Cut-off of the third order and rounding of the forward pass, both about 1e-4.
      assertThat((double) gradients.parameters().get(p).data()[i])
          .as("%s[%d]", parameter.name(), i)
          .isCloseTo((up - down) / (2 * step), within(1e-3));
    }
  }

  private static double inner(InnerTerms term, ExampleBatch batch, Transformer transformer) {
    term.run(batch);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    transformer.forward(batch.tokens(), trace, term::compare);
    return term.loss();
  }

  @ParameterizedTest
  @EnumSource
  void innerTermsVanishForTheSourceItself(Distance distance) {
    var transformer = new Transformer(source, kernels);
    var hidden = new HiddenTerm(source.config(), source.config(), new Hidden(distance, 1));
    var features = new FeatureTerm(kernels, List.of(coder(1, new CoderActivation.Relu())), 1);
    var terms = new InnerTerms(transformer, List.of(hidden, features));

    assertThat(inner(terms, ExampleBatch.of(TinyItems.of(source, kernels, 2), 0, 1), transformer))
        .isCloseTo(0, within(1e-6));
  }

  @Test
  void theHiddenTermBringsTheResidualStreamsTogether() throws InterruptedException {
    var hidden = new Hidden(Distance.COSINE, 4);
    var plan =
        new HealingPlan(30, 16, 5e-3f, 1f, 0.3f, 1)
            .withObjective(Objective.forward(1, 0.3f).withHidden(hidden));
    var transformer = new Transformer(student, kernels);
    var one = new HiddenTerm(source.config(), student.config(), hidden);
    var term = new InnerTerms(new Transformer(source, kernels), List.of(one));
    ExampleBatch batch = ExampleBatch.of(TinyItems.of(source, kernels, 4), 0, 1, 2, 3);
    double before = inner(term, batch, transformer);

    heal(List.of(), plan);

    assertThat(inner(term, batch, transformer)).isLessThan(0.8 * before);
  }

  @Test
  void theFeatureTermBringsTheFeaturesTogether() throws InterruptedException {
    List<SparseCoder> coders = List.of(coder(0, new CoderActivation.TopK(5)));
    var plan =
        new HealingPlan(30, 16, 5e-3f, 1f, 0.3f, 1)
            .withObjective(Objective.forward(1, 0.3f).withFeatureWeight(0.1f));
    var transformer = new Transformer(student, kernels);
    var one = new FeatureTerm(kernels, coders, 0.1f);
    var term = new InnerTerms(new Transformer(source, kernels), List.of(one));
    ExampleBatch batch = ExampleBatch.of(TinyItems.of(source, kernels, 4), 0, 1, 2, 3);
    double before = inner(term, batch, transformer);

    heal(coders, plan);

    assertThat(inner(term, batch, transformer)).isLessThan(0.8 * before);
  }

  @Test
  void hiddenTermNeedsTheSource() throws InterruptedException {
    List<Example> examples = TinyItems.of(source, kernels, 8);
    var plan =
        new HealingPlan(1, 1, 1e-3f, 1f, 0f, 1)
            .withObjective(Objective.forward(1, 0).withHidden(new Hidden(Distance.COSINE, 1)));
    var healer =
        new Healer(kernels, TeacherLogits.of(new Transformer(source, kernels), examples), examples);

    assertThatThrownBy(() -> healer.heal(student, plan, 1, _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("need the source");
  }

  private void heal(List<SparseCoder> coders, HealingPlan plan) throws InterruptedException {
    List<Example> all = TinyItems.of(source, kernels, 64);
    var transformer = new Transformer(source, kernels);
    TeacherLogits teacher = TeacherLogits.of(transformer, all.subList(0, 48));
    new Healer(transformer, coders, teacher, all.subList(48, 64)).heal(student, plan, 1, _ -> {});
  }
}
