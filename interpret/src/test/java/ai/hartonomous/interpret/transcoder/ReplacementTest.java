package ai.hartonomous.interpret.transcoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplacementTest {
  private static final long SEED = 5;
  private static final int[] IDS = {1, 9, 4, 16, 7, 2};

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void close() {
    kernels.close();
  }

  static Stream<Tiny.Named> modelsWithMlps() {
    return Tiny.all(SEED).stream().filter(n -> n.model().weights().layers().get(0).mlp() != null);
  }

  @Test
  void anMlpOfReluNeuronsIsItsOwnCoder() {
    Model model = Tiny.toy(SEED);

    float[] replaced = logits(model, new Replacement(List.of(neurons(model, 0)), kernels));

    // The same sums in another order: two products of at most 12 terms, then one more layer.
    float[] clean = logits(model, Hooks.NONE);
    for (int i = 0; i < clean.length; i++) {
      assertThat(replaced[i]).isCloseTo(clean[i], within(1e-4f * Math.max(1, Math.abs(clean[i]))));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("modelsWithMlps")
  void coderThatIsRightOnThesePlacesChangesNothing(Tiny.Named named) {
    Model model = named.model();
    List<SparseCoder> coders = List.of(linear(model, 0), linear(model, 1));

    float[] replaced = logits(model, new Replacement(coders, kernels));

    // Interpolation through 6 rows in 12 dimensions, rounded to float.
    float[] clean = logits(model, Hooks.NONE);
    for (int i = 0; i < clean.length; i++) {
      assertThat(replaced[i]).isCloseTo(clean[i], within(2e-3f * Math.max(1, Math.abs(clean[i]))));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("modelsWithMlps")
  void coderOfNothingIsZeroAblation(Tiny.Named named) {
    Model model = named.model();
    Hooks ablation =
        (point, values) -> {
          if (point.equals(new HookPoint(Site.MLP_OUTPUT, 1))) {
            Arrays.fill(values.data(), 0, values.rows() * values.cols(), 0);
          }
        };

    float[] replaced = logits(model, new Replacement(List.of(nothing(1)), kernels));

    assertThat(replaced).isEqualTo(logits(model, ablation));
    assertThat(replaced).isNotEqualTo(logits(model, Hooks.NONE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("modelsWithMlps")
  void sparedRowsKeepTheirOwnValues(Tiny.Named named) {
    Model model = named.model();
    int last = IDS.length - 1;
    var replacement = new Replacement(List.of(nothing(0), nothing(1)), kernels, row -> row < last);

    float[] replaced = logits(model, replacement);

    float[] clean = logits(model, Hooks.NONE);
    int kept = model.config().block().causal() ? last * model.config().extents().outputs() : 0;
    assertThat(Arrays.copyOf(replaced, kept)).isEqualTo(Arrays.copyOf(clean, kept));
    assertThat(replaced).isNotEqualTo(clean);
    assertThat(logits(model, replacement.sparing(row -> true))).isEqualTo(clean);
  }

  @Test
  void autoencoderReadsAndWritesOnePlace() {
    Model model = Tiny.gpt2(SEED);
    var place = new HookPoint(Site.RESIDUAL_AFTER, 0);
    CoderWeights identity = nothing(0).weights();
    identity = withSkip(identity, identity(12));
    var coder = new SparseCoder(place, place, new CoderActivation.Relu(), identity);

    float[] replaced = logits(model, new Replacement(List.of(coder), kernels));

    assertThat(replaced).isEqualTo(logits(model, Hooks.NONE));
  }

  @Test
  void refusesWhatCannotBeReplaced() {
    Model model = Tiny.llama(SEED);
    SparseCoder backwards =
        new SparseCoder(
            new HookPoint(Site.MLP_OUTPUT, 0),
            new HookPoint(Site.MLP_INPUT, 0),
            new CoderActivation.Relu(),
            nothing(0).weights());
    CoderWeights narrow =
        new CoderWeights(
            Matrix.zeros(1, 3), new float[1], Matrix.zeros(1, 12), new float[12], null, null);
    SparseCoder tooNarrow =
        new SparseCoder(
            nothing(0).reads(), nothing(0).writes(), new CoderActivation.Relu(), narrow);

    assertThatThrownBy(() -> new Replacement(List.of(nothing(0), nothing(0)), kernels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two coders write layers.0.mlp_output");
    assertThatThrownBy(() -> logits(model, new Replacement(List.of(backwards), kernels)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("reads layers.0.mlp_output, which comes later");
    assertThatThrownBy(() -> logits(model, new Replacement(List.of(tooNarrow), kernels)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layers.0.mlp_input is 12 wide, its coder reads 3");
  }

  private float[] logits(Model model, Hooks hooks) {
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    Matrix logits = transformer.forward(Batch.of(IDS), trace, hooks);
    return Arrays.copyOf(logits.data(), logits.rows() * logits.cols());
  }

  private static SparseCoder coder(int layer, CoderWeights weights) {
    return new SparseCoder(
        new HookPoint(Site.MLP_INPUT, layer),
        new HookPoint(Site.MLP_OUTPUT, layer),
        new CoderActivation.Relu(),
        weights);
  }

  /// Predicts zeros.
  private static SparseCoder nothing(int layer) {
    return coder(
        layer,
        new CoderWeights(
            Matrix.zeros(1, 12), new float[1], Matrix.zeros(1, 12), new float[12], null, null));
  }

  private static CoderWeights withSkip(CoderWeights weights, Matrix skip) {
    return new CoderWeights(
        weights.encoder(),
        weights.encoderBias(),
        weights.decoder(),
        weights.decoderBias(),
        null,
        skip);
  }

  private static Matrix identity(int size) {
    Matrix result = Matrix.zeros(size, size);
    for (int i = 0; i < size; i++) {
      result.data()[i * (size + 1)] = 1;
    }
    return result;
  }

  /// The neurons of a plain ReLU MLP as latents.
  private static SparseCoder neurons(Model model, int layer) {
    Mlp mlp = Objects.requireNonNull(model.weights().layers().get(layer).mlp());
    Linear up = mlp.up();
    Linear down = mlp.down();
    Matrix columns = (Matrix) down.weight();
    Matrix decoder = Matrix.zeros(columns.cols(), columns.rows());
    for (int r = 0; r < decoder.rows(); r++) {
      for (int c = 0; c < decoder.cols(); c++) {
        decoder.data()[decoder.rowOffset(r) + c] = columns.at(c, r);
      }
    }
    return coder(
        layer,
        new CoderWeights(
            (Matrix) up.weight(),
            Objects.requireNonNull(up.bias()),
            decoder,
            Objects.requireNonNull(down.bias()),
            null,
            null));
  }

  /// The linear map through the inputs and outputs that the layer has in {@link #IDS}: `W_skip = Yᵀ
  /// (X Xᵀ)⁻¹ X`.
  private SparseCoder linear(Model model, int layer) {
    Map<HookPoint, double[][]> seen = new HashMap<>();
    logits(model, (point, values) -> seen.put(point, rows(values)));
    double[][] x = Objects.requireNonNull(seen.get(new HookPoint(Site.MLP_INPUT, layer)));
    double[][] y = Objects.requireNonNull(seen.get(new HookPoint(Site.MLP_OUTPUT, layer)));
    double[][] gram = new double[x.length][x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x.length; j++) {
        for (int c = 0; c < x[i].length; c++) {
          gram[i][j] += x[i][c] * x[j][c];
        }
      }
    }
    double[][] solved = solve(gram, x);
    Matrix skip = Matrix.zeros(12, 12);
    for (int o = 0; o < 12; o++) {
      for (int i = 0; i < 12; i++) {
        double sum = 0;
        for (int r = 0; r < x.length; r++) {
          sum += y[r][o] * solved[r][i];
        }
        skip.data()[skip.rowOffset(o) + i] = (float) sum;
      }
    }
    return coder(layer, withSkip(nothing(layer).weights(), skip));
  }

  private static double[][] rows(Matrix values) {
    List<double[]> rows = new ArrayList<>();
    for (int r = 0; r < Math.min(values.rows(), IDS.length); r++) {
      double[] row = new double[values.cols()];
      for (int c = 0; c < row.length; c++) {
        row[c] = values.at(r, c);
      }
      rows.add(row);
    }
    return rows.toArray(double[][]::new);
  }

  /// {@return `a⁻¹ b` by Gauss-Jordan elimination with pivots}
  private static double[][] solve(double[][] a, double[][] b) {
    double[][] right = Stream.of(b).map(double[]::clone).toArray(double[][]::new);
    for (int i = 0; i < a.length; i++) {
      int pivot = i;
      for (int r = i + 1; r < a.length; r++) {
        pivot = Math.abs(a[r][i]) > Math.abs(a[pivot][i]) ? r : pivot;
      }
      swap(a, i, pivot);
      swap(right, i, pivot);
      for (int r = 0; r < a.length; r++) {
        double factor = r == i ? 1 - 1 / a[i][i] : a[r][i] / a[i][i];
        subtract(a[r], a[i], factor);
        subtract(right[r], right[i], factor);
      }
    }
    return right;
  }

  private static void swap(double[][] rows, int i, int j) {
    double[] row = rows[i];
    rows[i] = rows[j];
    rows[j] = row;
  }

  private static void subtract(double[] to, double[] from, double factor) {
    for (int c = 0; c < to.length; c++) {
      to[c] -= factor * from[c];
    }
  }
}
