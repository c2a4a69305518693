package ai.hartonomous.bench;

import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Activation;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The models that are measured: well-known shapes with weights from a seed.
final class Shapes {
  static final float EPSILON = 1e-5f;
  private static final double THETA = 10_000;

  private final SplittableRandom random;

  /// {@return token ids}
  static int[] ids(long seed, int count, int vocabulary) {
    var random = new SplittableRandom(seed);
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = random.nextInt(vocabulary);
    }
    return ids;
  }

  private Shapes(long seed) {
    random = new SplittableRandom(seed);
  }

  /// {@return GPT-2 small: 12 layers, width 768, 12 heads, vocabulary 50,257, tied; 124 million
  /// parameters}
  static Model gpt2Small(long seed) {
    return new Shapes(seed).gpt(12, 768, 12, 50_257, 1024);
  }

  /// {@return the 15 million parameters of llama2.c's `stories15M`: 6 layers, width 288, 6 heads,
  /// 768 neurons, vocabulary 32,000, tied}
  static Model llama15M(long seed) {
    return new Shapes(seed).llama(6, 288, 6, 768, 32_000);
  }

  /// {@return a GPT-2 of two layers, to try things}
  static Model smallGpt(long seed) {
    return new Shapes(seed).gpt(2, 64, 4, 300, 64);
  }

  /// {@return a Llama of two layers, to try things}
  static Model smallLlama(long seed) {
    return new Shapes(seed).llama(2, 64, 4, 96, 300);
  }

  /// {@return a matrix of deviation 0.02}
  static Matrix uniform(long seed, int rows, int cols) {
    return new Shapes(seed).matrix(rows, cols);
  }

  private Model gpt(int layers, int width, int heads, int vocabulary, int positions) {
    int headWidth = width / heads;
    var config =
        new ModelConfig(
            "gpt2",
            new Extents(width, headWidth, vocabulary, vocabulary, positions),
            new Positions.Learned(),
            new NormConfig(Norm.Kind.LAYER, EPSILON),
            new Block(
                false, Activation.GELU_TANH, false, true, 0, (float) (1 / Math.sqrt(headWidth))),
            true,
            Collections.nCopies(layers, LayerConfig.grouped(heads, heads, 4 * width)));
    Matrix tokens = matrix(vocabulary, width);
    List<LayerWeights> all =
        IntStream.range(0, layers).mapToObj(_ -> layer(config, Biases.YES)).toList();
    return new Model(
        config,
        new Weights(
            tokens,
            matrix(positions, width),
            all,
            norm(config, Biases.YES),
            new Linear(tokens, null)));
  }

  private Model llama(int layers, int width, int heads, int neurons, int vocabulary) {
    int headWidth = width / heads;
    double[] frequencies =
        IntStream.range(0, headWidth / 2)
            .mapToDouble(i -> Math.pow(THETA, -2.0 * i / headWidth))
            .toArray();
    var config =
        new ModelConfig(
            "llama",
            new Extents(width, headWidth, vocabulary, vocabulary, 512),
            new Positions.Rotated(headWidth, frequencies, THETA, null),
            new NormConfig(Norm.Kind.RMS, EPSILON),
            new Block(false, Activation.SILU, true, true, 0, (float) (1 / Math.sqrt(headWidth))),
            true,
            Collections.nCopies(layers, LayerConfig.grouped(heads, heads, neurons)));
    Matrix tokens = matrix(vocabulary, width);
    List<LayerWeights> all =
        IntStream.range(0, layers).mapToObj(_ -> layer(config, Biases.NO)).toList();
    return new Model(
        config, new Weights(tokens, null, all, norm(config, Biases.NO), new Linear(tokens, null)));
  }

  private enum Biases {
    YES,
    NO
  }

  private LayerWeights layer(ModelConfig config, Biases biases) {
    int width = config.width();
    int neurons = config.layers().getFirst().neurons();
    var attention =
        new Attention(
            linear(width, width, biases),
            linear(width, width, biases),
            linear(width, width, biases),
            linear(width, width, biases),
            null,
            null);
    return new LayerWeights(
        norm(config, biases),
        attention,
        norm(config, biases),
        new Mlp(
            config.block().gated() ? linear(neurons, width, biases) : null,
            linear(neurons, width, biases),
            linear(width, neurons, biases)));
  }

  private Norm norm(ModelConfig config, Biases biases) {
    int width = config.width();
    float[] gain = uniform(width);
    for (int i = 0; i < width; i++) {
      gain[i] += 1;
    }
    Norm.Kind kind = biases == Biases.YES ? Norm.Kind.LAYER : Norm.Kind.RMS;
    return new Norm(kind, gain, biases == Biases.YES ? uniform(width) : null, EPSILON);
  }

  private Linear linear(int out, int in, Biases biases) {
    return new Linear(matrix(out, in), biases == Biases.YES ? uniform(out) : null);
  }

  private Matrix matrix(int rows, int cols) {
    return Matrix.of(uniform(Math.multiplyExact(rows, cols)), rows, cols);
  }

  /// Mean 0 and deviation 0.02, the usual initialisation.
  private float[] uniform(int size) {
    float bound = (float) (0.02 * Math.sqrt(3));
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = bound * (2 * (float) random.nextDouble() - 1);
    }
    return values;
  }
}
