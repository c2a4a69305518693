package ai.hartonomous.model.transformer;

import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Weights of a model before training: normal with deviation 0.02, the two projections into the
/// residual stream divided by `√(2 L)`, gains 1, biases 0. Source: Radford et al., "Language Models
/// are Unsupervised Multitask Learners", 2019, section 2.3; the deviation from OpenAI's GPT-2 code.
public final class InitialWeights {
  private final ModelConfig config;
  private final Parts parts;
  private final RandomGenerator random;

  /// Optional parts of a layer.
  ///
  /// @param inputBias biases of query, key and value
  /// @param outputBias bias of the attention's output
  /// @param mlpBias biases of the MLP
  /// @param queryKeyNorm norms over each query and key head
  public record Parts(
      boolean inputBias, boolean outputBias, boolean mlpBias, boolean queryKeyNorm) {
    /// Llama and Mistral.
    public static final Parts NONE = new Parts(false, false, false, false);

    /// GPT-2 and GPT-NeoX.
    public static final Parts BIASES = new Parts(true, true, true, false);

    /// Qwen2.
    public static final Parts INPUT_BIAS = new Parts(true, false, false, false);

    /// Qwen3.
    public static final Parts QUERY_KEY_NORM = new Parts(false, false, false, true);
  }

  private InitialWeights(ModelConfig config, Parts parts, RandomGenerator random) {
    this.config = config;
    this.parts = parts;
    this.random = random;
  }

  /// {@return a model with fresh weights}
  ///
  /// @param config description; norms of kind LAYER get a bias
  /// @param parts optional parts of every layer
  /// @param random source of the weights; the same seed gives the same weights
  public static Model of(ModelConfig config, Parts parts, RandomGenerator random) {
    return new Model(config, new InitialWeights(config, parts, random).weights());
  }

  private Weights weights() {
    ModelConfig.Extents e = config.extents();
    Matrix tokens = normal(e.vocabulary(), e.width(), 0.02);
    boolean learned = config.positions() instanceof Positions.Learned;
    Matrix positions = learned ? normal(e.positions(), e.width(), 0.01) : null;
    List<LayerWeights> layers = config.layers().stream().map(this::layer).toList();
    Matrix output = config.tied() ? tokens : normal(e.outputs(), e.width(), 0.02);
    return new Weights(tokens, positions, layers, norm(e.width()), new Linear(output, null));
  }

  private LayerWeights layer(LayerConfig layer) {
    int d = config.width();
    int k = config.extents().headWidth();
    int heads = layer.heads() * k;
    int keys = layer.keyHeads() * k;
    double residual = 0.02 / Math.sqrt(2.0 * config.layers().size());
    Attention attention =
        new Attention(
            linear(heads, d, 0.02, parts.inputBias()),
            linear(keys, d, 0.02, parts.inputBias()),
            linear(keys, d, 0.02, parts.inputBias()),
            linear(d, heads, residual, parts.outputBias()),
            parts.queryKeyNorm() ? norm(k) : null,
            parts.queryKeyNorm() ? norm(k) : null);
    if (layer.neurons() == 0) {
      return new LayerWeights(norm(d), attention, null, null);
    }
    int n = layer.neurons();
    boolean bias = parts.mlpBias();
    Linear gate = config.block().gated() ? linear(n, d, 0.02, bias) : null;
    Mlp mlp = new Mlp(gate, linear(n, d, 0.02, bias), linear(d, n, residual, bias));
    return new LayerWeights(norm(d), attention, norm(d), mlp);
  }

  private Linear linear(int rows, int cols, double deviation, boolean bias) {
    return new Linear(normal(rows, cols, deviation), bias ? new float[rows] : null);
  }

  private @Nullable Norm norm(int width) {
    ModelConfig.NormConfig norm = config.norm();
    if (norm == null) {
      return null;
    }
    float[] gain = new float[width];
    Arrays.fill(gain, 1f);
    float[] bias = norm.kind() == Norm.Kind.LAYER ? new float[width] : null;
    return new Norm(norm.kind(), gain, bias, norm.epsilon());
  }

  private Matrix normal(int rows, int cols, double deviation) {
    Matrix matrix = Matrix.zeros(rows, cols);
    for (int i = 0; i < matrix.data().length; i++) {
      matrix.data()[i] = (float) (random.nextGaussian() * deviation);
    }
    return matrix;
  }
}
