package ai.hartonomous.interpret.interchange;

import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderActivation.JumpRelu;
import ai.hartonomous.interpret.transcoder.CoderActivation.Relu;
import ai.hartonomous.interpret.transcoder.CoderActivation.TopK;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Small coders with random weights: 5 numbers in, 11 latents.
final class RandomCoders {
  static final int WIDTH = 5;
  static final int LATENTS = 11;
  private static final HookPoint IN = new HookPoint(Site.MLP_INPUT, 3);
  private static final HookPoint OUT = new HookPoint(Site.MLP_OUTPUT, 3);
  private static final HookPoint AFTER = new HookPoint(Site.RESIDUAL_AFTER, 2);

  private RandomCoders() {}

  /// {@return a transcoder of layer 3's MLP with a skip path}
  static SparseCoder skip(CoderActivation activation) {
    return new SparseCoder(IN, OUT, activation, weights(false, true));
  }

  /// {@return a transcoder of layer 3's MLP}
  static SparseCoder transcoder(CoderActivation activation) {
    return new SparseCoder(IN, OUT, activation, weights(false, false));
  }

  /// {@return an autoencoder after layer 2 that subtracts its decoder bias from the input}
  static SparseCoder autoencoder(CoderActivation activation) {
    return new SparseCoder(AFTER, AFTER, activation, weights(true, false));
  }

  static CoderActivation activation(String name) {
    return switch (name) {
      case "topk" -> new TopK(3);
      case "relu" -> new Relu();
      default -> {
        float[] thresholds = numbers(9, LATENTS);
        for (int i = 0; i < LATENTS; i++) {
          thresholds[i] = Math.abs(thresholds[i]);
        }
        yield new JumpRelu(thresholds);
      }
    };
  }

  static CoderWeights weights(boolean subtracts, boolean skip) {
    float[] bias = numbers(4, WIDTH);
    return new CoderWeights(
        Matrix.of(numbers(1, LATENTS * WIDTH), LATENTS, WIDTH),
        numbers(2, LATENTS),
        Matrix.of(numbers(3, LATENTS * WIDTH), LATENTS, WIDTH),
        bias,
        subtracts ? bias.clone() : null,
        skip ? Matrix.of(numbers(5, WIDTH * WIDTH), WIDTH, WIDTH) : null);
  }

  static float[] numbers(long seed, int count) {
    var random = new SplittableRandom(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  /// {@return the coder's prediction for an input}
  static float[] output(SparseCoder coder, float[] x) {
    var latents = new Latents();
    Matrix input = Matrix.of(x.clone(), 1, x.length);
    Matrix y = Matrix.zeros(1, coder.weights().outputWidth());
    try (Kernels kernels = Kernels.of(1)) {
      coder.encode(input, kernels, latents);
      coder.decode(latents, input, kernels, y);
    }
    return y.data();
  }

  static float @Nullable [] dense(@Nullable Matrix matrix) {
    if (matrix == null) {
      return null;
    }
    float[] numbers = new float[matrix.rows() * matrix.cols()];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.readRow(r, numbers, r * matrix.cols());
    }
    return numbers;
  }
}
