package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Skip;
import ai.hartonomous.tensor.CoderKernels.Part;
import ai.hartonomous.tensor.CoderState.Rows;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.RowOptimizer;
import ai.hartonomous.tensor.RowUpdate;
import ai.hartonomous.tensor.SparseRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Trains one coder, step by step.
final class CoderTrainer {
  private static final double THRESHOLD_MEMORY = 0.99;

  final HookPair pair;
  final CoderVariables variables;
  final Activity activity;

  /// Factors of inputs and targets, and the running mean of BatchTopK's threshold (negative before
  /// the first batch).
  final double[] scalars = {1, 1, -1};

  private final CoderRecipe recipe;
  private final ActiveLatents active;
  private final DeadLatents dead;
  private Matrix x = Matrix.zeros(0, 0);
  private Matrix y = Matrix.zeros(0, 0);
  private Matrix out = Matrix.zeros(0, 0);
  private float[] dValues = {};

  CoderTrainer(CoderRecipe recipe, HookPair pair, int inputWidth, int outputWidth) {
    if (recipe.skip() == Skip.IDENTITY && inputWidth != outputWidth) {
      throw new IllegalArgumentException(
          "an input of width %d cannot be added to an output of width %d"
              .formatted(inputWidth, outputWidth));
    }
    this.recipe = recipe;
    this.pair = pair;
    variables = new CoderVariables(recipe, inputWidth, outputWidth);
    activity = new Activity(recipe.latents(), recipe.revival().deadAfter());
    active = new ActiveLatents(variables, recipe.sparsity());
    dead = new DeadLatents(recipe.revival(), variables);
  }

  /// What one step measured before it moved the weights.
  ///
  /// @param unexplained fraction of the targets' variance unexplained
  /// @param active mean number of active latents of a token
  /// @param dead number of latents dead before the step
  record Measured(double unexplained, double active, int dead) {}

  /// Sets the first weights.
  ///
  /// @param statistics of the values that training will see
  /// @param firstX inputs of the first batch
  /// @param firstY targets of the first batch
  /// @param response the model's
  void begin(
      PairStatistics statistics, Matrix firstX, Matrix firstY, MlpResponse response, Tools tools) {
    scalars[0] = statistics.inputScale();
    // What is added to the output as it is must stay what it is.
    boolean same = recipe.skip() == Skip.IDENTITY || pair.isAutoencoder();
    scalars[1] = same ? scalars[0] : statistics.targetScale();
    FirstWeights.set(variables, recipe, pair, statistics, scalars);
    FirstWeights.setDecoder(variables, recipe.start(), pair, statistics, response);
    if (recipe.start() != CoderRecipe.Start.ZEROS) {
      load(firstX, firstY);
      active.find(x, recipe.kAt(0), tools);
      linear(tools);
      FirstWeights.fitEncoder(variables, active.entries, out, y);
    }
  }

  /// Does one step.
  ///
  /// @param rawX inputs `[R, D_in]` in the model's units
  /// @param rawY targets `[R, D_out]` in the model's units
  /// @param step number of the step, from 0
  Measured step(Matrix rawX, Matrix rawY, int step, Tools tools) {
    load(rawX, rawY);
    active.find(x, recipe.kAt(step), tools);
    SparseRows entries = active.entries;
    dValues = dValues.length < entries.size() ? new float[entries.size() * 5 / 4] : dValues;
    linear(tools);
    double spread = Variance.of(y);
    float scale = (float) (2 / (spread > 0 ? spread : 1));
    Matrix decoder = variables.weights().decoder();
    double squares = tools.coders().residual(entries, decoder, y, scale, out, dValues);
    float[] pull = penalties();
    int[] gone = activity.dead();
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(entries, dValues, x, out));
    dead.part(gone, x, out, scale, tools).ifPresent(parts::add);
    RowOptimizer optimizer = recipe.optimizer().at(step, recipe.steps());
    var update = new RowUpdate(optimizer, recipe.optimizer().reach(), recipe.norm(), pull);
    tools.coders().update(parts, update, variables.rows);
    stepDense(optimizer, tools);
    activity.count(entries);
    remember();
    return new Measured(squares * scale / 2, activeShare(entries), gone.length);
  }

  private static double activeShare(SparseRows entries) {
    long count = 0;
    for (int e = 0; e < entries.size(); e++) {
      count += entries.values()[e] > 0 ? 1 : 0;
    }
    return (double) count / entries.rows();
  }

  private void load(Matrix rawX, Matrix rawY) {
    if (x.rows() != rawX.rows()) {
      x = Matrix.zeros(rawX.rows(), rawX.cols());
      y = Matrix.zeros(rawY.rows(), rawY.cols());
      out = Matrix.zeros(rawY.rows(), rawY.cols());
    }
    scale((float) scalars[0], rawX, x);
    scale((float) scalars[1], rawY, y);
  }

  private static void scale(float factor, Matrix in, Matrix out) {
    for (int r = 0; r < in.rows(); r++) {
      int from = in.rowOffset(r);
      int to = out.rowOffset(r);
      for (int c = 0; c < in.cols(); c++) {
        out.data()[to + c] = factor * in.data()[from + c];
      }
    }
  }

  /// `out = b_dec + W_skip x`.
  private void linear(Tools tools) {
    float[] bias = variables.bias.weights;
    if (recipe.skip() == Skip.LEARNED) {
      tools.kernels().project(x, variables.skipMatrix(), bias, out);
      return;
    }
    boolean identity = recipe.skip() == Skip.IDENTITY;
    for (int r = 0; r < out.rows(); r++) {
      int at = out.rowOffset(r);
      for (int c = 0; c < bias.length; c++) {
        out.data()[at + c] = bias[c] + (identity ? x.data()[at + c] : 0);
      }
    }
  }

  /// Adds the gradients of the sparsity's own loss.
  ///
  /// @return pull of the decoder's rows, or empty
  private float[] penalties() {
    return switch (recipe.sparsity()) {
      case Sparsity.TopK _, Sparsity.BatchTopK _ -> new float[0];
      case Sparsity.L1(double penalty) ->
          Penalties.addNorms(penalty, active.entries, variables.weights().decoder(), dValues);
      case Sparsity.JumpRelu jump -> {
        float[] gradient = variables.logThresholds.gradient;
        Penalties.addThresholds(jump, active, dValues, active.thresholds(), gradient);
        yield new float[0];
      }
    };
  }

  private void stepDense(RowOptimizer optimizer, Tools tools) {
    Arrays.fill(variables.bias.gradient, 0);
    tools.kernels().sumRows(out, variables.bias.gradient);
    variables.bias.step(optimizer, tools.coders());
    if (recipe.skip() == Skip.LEARNED) {
      Matrix gradient = Matrix.of(variables.skip.gradient, out.cols(), x.cols());
      tools.kernels().multiply(out.transposed(), x, gradient);
      variables.skip.step(optimizer, tools.coders());
    }
    if (recipe.sparsity() instanceof Sparsity.JumpRelu) {
      variables.logThresholds.step(optimizer, tools.coders());
    }
  }

  private void remember() {
    if (recipe.sparsity() instanceof Sparsity.BatchTopK) {
      double least = active.least();
      scalars[2] =
          scalars[2] < 0 ? least : THRESHOLD_MEMORY * scalars[2] + (1 - THRESHOLD_MEMORY) * least;
    }
  }

  /// {@return the coder as it is now, in the model's units; a copy}
  SparseCoder coder() {
    Rows rows = variables.weights();
    double in = scalars[0];
    double target = scalars[1];
    return new SparseCoder(
        pair.reads(),
        pair.writes(),
        activation(),
        new CoderWeights(
            Matrix.of(
                scaled(rows.encoder().data(), in), rows.encoder().rows(), rows.encoder().cols()),
            rows.bias().clone(),
            Matrix.of(
                scaled(rows.decoder().data(), 1 / target),
                rows.decoder().rows(),
                rows.decoder().cols()),
            scaled(variables.bias.weights, 1 / target),
            null,
            skip(in / target)));
  }

  private CoderActivation activation() {
    return switch (recipe.sparsity()) {
      case Sparsity.TopK(int k) -> new CoderActivation.TopK(k);
      case Sparsity.L1 _ -> new CoderActivation.Relu();
      case Sparsity.JumpRelu _ -> new CoderActivation.JumpRelu(active.thresholds());
      case Sparsity.BatchTopK _ -> {
        float[] thresholds = new float[recipe.latents()];
        Arrays.fill(thresholds, (float) Math.max(0, scalars[2]));
        yield new CoderActivation.JumpRelu(thresholds);
      }
    };
  }

  private @Nullable Matrix skip(double factor) {
    return switch (recipe.skip()) {
      case NONE -> null;
      case LEARNED ->
          Matrix.of(
              scaled(variables.skip.weights, factor), variables.outputWidth, variables.inputWidth);
      case IDENTITY -> {
        Matrix identity = Matrix.zeros(variables.outputWidth, variables.inputWidth);
        for (int i = 0; i < variables.outputWidth; i++) {
          identity.data()[identity.rowOffset(i) + i] = 1;
        }
        yield identity;
      }
    };
  }

  private static float[] scaled(float[] numbers, double factor) {
    float[] result = new float[numbers.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) (numbers[i] * factor);
    }
    return result;
  }
}
