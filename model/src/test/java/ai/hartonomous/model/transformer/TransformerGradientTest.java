package ai.hartonomous.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Gradients of two-layer models of every family against central differences of the loss along
/// directions: the gradient's own, which shows a wrong length, and random ones, which show a wrong
/// direction.
///
/// The differences are extrapolated to step 0 (Richardson), which removes their cubic term. The
/// loss is added up in double precision from float logits, each right to about 1e-6, so a
/// difference with step 2e-3 is right to about 2e-4.
class TransformerGradientTest {
  private static final double STEP = 2e-3;
  private final Kernels kernels = Kernels.of(2);

  static Stream<Tiny.Named> models() {
    return Tiny.all(7).stream();
  }

  @AfterEach
  void close() {
    kernels.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void parameterGradientsAgreeWithCentralDifferences(Tiny.Named named) {
    Model model = named.model();
    Problem problem = new Problem(new Transformer(model, kernels), Trace.Readers.SHARING);
    Weights gradients = model.weights().zeros();
    problem.backward(gradients, Hooks.NONE);
    List<Parameter> weights = model.weights().parameters();
    List<Parameter> found = gradients.parameters();

    for (int p = 0; p < weights.size(); p++) {
      float[] data = weights.get(p).data();
      check(
          weights.get(p).name(),
          found.get(p).data(),
          (direction, step) -> {
            float[] before = data.clone();
            move(data, direction, step);
            double loss = problem.loss(Hooks.NONE);
            System.arraycopy(before, 0, data, 0, data.length);
            return loss;
          });
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void hookPointGradientsAgreeWithCentralDifferences(Tiny.Named named) {
    checkHookPoints(new Problem(new Transformer(named.model(), kernels), Trace.Readers.SHARING));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void gradientsOfSplitReadersAgreeWithCentralDifferences(Tiny.Named named) {
    checkHookPoints(new Problem(new Transformer(named.model(), kernels), Trace.Readers.SPLIT));
  }

  private static void checkHookPoints(Problem problem) {
    Map<HookPoint, float[]> found = new HashMap<>();
    problem.backward(null, (point, values) -> found.put(point, copy(values)));

    assertThat(found.keySet().stream().map(HookPoint::site))
        .contains(Site.HEAD_OUTPUT, Site.LOGITS);
    found.forEach(
        (point, gradient) ->
            check(
                point.path(),
                gradient,
                (direction, step) ->
                    problem.loss(
                        (at, values) -> {
                          if (at.equals(point)) {
                            move(values.data(), direction, step);
                          }
                        })));
  }

  private interface LossAt {
    double of(float[] direction, double step);
  }

  private static void check(String name, float[] gradient, LossAt loss) {
    double length = Math.sqrt(dot(gradient, gradient));
    var random = new SplittableRandom(name.hashCode());
    for (int trial = 0; trial < 3; trial++) {
      float[] direction = trial == 0 ? gradient.clone() : gaussian(random, gradient.length);
      double norm = Math.max(Math.sqrt(dot(direction, direction)), 1e-20);
      for (int i = 0; i < direction.length; i++) {
        direction[i] = (float) (direction[i] / norm);
      }
      double expected =
          (4 * difference(loss, direction, STEP) - difference(loss, direction, 2 * STEP)) / 3;
      assertThat(dot(gradient, direction))
          .as("%s, direction %d, gradient length %.3g", name, trial, length)
          .isCloseTo(expected, within(2e-4 + 2e-3 * length));
    }
  }

  private static double difference(LossAt loss, float[] direction, double step) {
    return (loss.of(direction, step) - loss.of(direction, -step)) / (2 * step);
  }

  /// Cross-entropy of a small batch, with weights on all positions.
  private static final class Problem {
    private final Transformer transformer;
    private final Trace trace;
    private final Batch batch;
    private final int[] targets;

    Problem(Transformer transformer, Trace.Readers readers) {
      this.transformer = transformer;
      trace = transformer.trace(Trace.Keep.TRAINING, readers);
      var random = new SplittableRandom(3);
      int length = Math.min(6, transformer.config().extents().positions());
      int[] ids =
          random.ints(2L * length, 0, transformer.config().extents().vocabulary()).toArray();
      batch = new Batch(ids, 2, length);
      targets = random.ints(2L * length, 0, transformer.config().extents().outputs()).toArray();
    }

    double loss(Hooks hooks) {
      Matrix logits = transformer.forward(batch, trace, hooks);
      double sum = 0;
      for (int r = 0; r < logits.rows(); r++) {
        double total = 0;
        for (int c = 0; c < logits.cols(); c++) {
          total += Math.exp(logits.at(r, c));
        }
        sum += Math.log(total) - logits.at(r, targets[r]);
      }
      return sum / logits.rows();
    }

    void backward(@Nullable Weights gradients, Hooks hooks) {
      Matrix logits = transformer.forward(batch, trace, Hooks.NONE);
      Matrix dLogits = Matrix.zeros(logits.rows(), logits.cols());
      transformer.kernels().crossEntropyBackward(logits, targets, 1f / logits.rows(), dLogits);
      transformer.backward(trace, dLogits, gradients, hooks);
    }
  }

  private static float[] copy(Matrix values) {
    float[] out = new float[values.rows() * values.cols()];
    System.arraycopy(values.data(), 0, out, 0, out.length);
    return out;
  }

  private static void move(float[] data, float[] direction, double step) {
    for (int i = 0; i < direction.length; i++) {
      data[i] += (float) (direction[i] * step);
    }
  }

  private static float[] gaussian(SplittableRandom random, int size) {
    float[] out = new float[size];
    for (int i = 0; i < size; i++) {
      out[i] = (float) random.nextGaussian();
    }
    return out;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
