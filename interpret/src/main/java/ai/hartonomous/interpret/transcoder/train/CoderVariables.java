package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Skip;
import ai.hartonomous.tensor.CoderKernels;
import ai.hartonomous.tensor.CoderState;
import ai.hartonomous.tensor.CoderState.Rows;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.RowOptimizer;
import java.util.ArrayList;
import java.util.List;

/// The numbers that a training changes, in the units of scaled inputs and targets.
final class CoderVariables {
  final int inputWidth;
  final int outputWidth;
  final CoderState rows;

  /// `b_dec` `[D_out]`.
  final Dense bias;

  /// `W_skip` `[D_out, D_in]`, or empty.
  final Dense skip;

  /// `log θ` `[F]` of JumpReLU, or empty.
  final Dense logThresholds;

  CoderVariables(CoderRecipe recipe, int inputWidth, int outputWidth) {
    this.inputWidth = inputWidth;
    this.outputWidth = outputWidth;
    int latents = recipe.latents();
    rows =
        CoderState.of(
            new Rows(
                Matrix.zeros(latents, inputWidth),
                new float[latents],
                Matrix.zeros(latents, outputWidth)));
    bias = new Dense(outputWidth);
    boolean learned = recipe.skip() == Skip.LEARNED;
    skip = new Dense(learned ? Math.multiplyExact(inputWidth, outputWidth) : 0);
    logThresholds = new Dense(recipe.sparsity() instanceof Sparsity.JumpRelu ? latents : 0);
  }

  /// Numbers with a dense gradient.
  static final class Dense {
    final float[] weights;
    final float[] gradient;
    final float[] first;
    final float[] second;

    Dense(int size) {
      weights = new float[size];
      gradient = new float[size];
      first = new float[size];
      second = new float[size];
    }

    void step(RowOptimizer optimizer, CoderKernels kernels) {
      kernels.step(optimizer, weights, gradient, first, second);
    }
  }

  Rows weights() {
    return rows.weights();
  }

  Matrix skipMatrix() {
    return Matrix.of(skip.weights, outputWidth, inputWidth);
  }

  float threshold(int latent) {
    return (float) Math.exp(logThresholds.weights[latent]);
  }

  /// {@return all arrays that a checkpoint must keep, always in this order}
  List<float[]> numbers() {
    List<float[]> all = new ArrayList<>();
    for (Rows part : List.of(rows.weights(), rows.first(), rows.second())) {
      all.add(part.encoder().data());
      all.add(part.bias());
      all.add(part.decoder().data());
    }
    for (Dense part : List.of(bias, skip, logThresholds)) {
      all.add(part.weights);
      all.add(part.first);
      all.add(part.second);
    }
    return all;
  }
}
