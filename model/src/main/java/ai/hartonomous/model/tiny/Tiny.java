package ai.hartonomous.model.tiny;

import ai.hartonomous.model.transformer.InitialWeights;
import ai.hartonomous.model.transformer.InitialWeights.Parts;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Activation;
import ai.hartonomous.tensor.Norm;
import java.util.List;
import java.util.SplittableRandom;

/// Two-layer models with random weights, large enough that every part matters to the logits. They
/// know nothing; the same seed gives the same model.
public final class Tiny {
  private static final int WIDTH = 12;
  private static final int HEAD_WIDTH = 4;
  private static final int VOCABULARY = 17;
  private static final int POSITIONS = 24;
  private static final int BLOCK = 32;
  private static final NormConfig RMS = new NormConfig(Norm.Kind.RMS, 1e-5f);
  private static final NormConfig LAYER = new NormConfig(Norm.Kind.LAYER, 1e-5f);

  private Tiny() {}

  /// A model and what it is called in test names.
  ///
  /// @param name family and peculiarity
  /// @param model the model
  public record Named(String name, Model model) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// {@return one model of every family, and pruned ones whose layers differ}
  ///
  /// @param seed source of the weights
  public static List<Named> all(long seed) {
    return List.of(
        new Named("llama", llama(seed)),
        new Named("mistral", mistral(seed)),
        new Named("qwen2", qwen2(seed)),
        new Named("qwen3", qwen3(seed)),
        new Named("gpt2", gpt2(seed)),
        new Named("gpt_neox", neox(seed)),
        new Named("toy", toy(seed)),
        new Named("toy-attention-only", toyAttentionOnly(seed)),
        new Named("llama-ragged", llamaRagged(seed)),
        new Named("gpt2-ragged", gpt2Ragged(seed)));
  }

  /// {@return grouped heads, rotary positions, gated MLP, RMS norm}
  ///
  /// @param seed source of the weights
  public static Model llama(long seed) {
    return make(rotated("llama", 0, true, uniform(4, 2)), Parts.NONE, seed);
  }

  /// {@return as Llama, with room for more tokens}
  ///
  /// @param seed source of the weights
  /// @param positions longest sequence
  public static Model roomy(long seed, int positions) {
    ModelConfig usual = rotated("llama", 0, true, uniform(4, 2));
    var extents = new Extents(WIDTH, HEAD_WIDTH, VOCABULARY, VOCABULARY, positions);
    return make(with(usual, extents, usual.layers()), Parts.NONE, seed);
  }

  /// {@return as Llama, with whole blocks of 32 numbers in every row of a matrix}
  ///
  /// @param seed source of the weights
  public static Model wide(long seed) {
    ModelConfig usual = rotated("llama", 0, true, uniform(4, 2));
    var extents = new Extents(2 * BLOCK, HEAD_WIDTH, VOCABULARY, VOCABULARY, POSITIONS);
    LayerConfig layer = LayerConfig.grouped(8, 2, 3 * BLOCK);
    return make(with(usual, extents, List.of(layer, layer)), Parts.NONE, seed);
  }

  private static ModelConfig with(ModelConfig usual, Extents extents, List<LayerConfig> layers) {
    return new ModelConfig(
        usual.family(),
        extents,
        usual.positions(),
        usual.norm(),
        usual.block(),
        usual.tied(),
        layers);
  }

  /// {@return as Llama, with attention to the last five tokens only and its own output matrix}
  ///
  /// @param seed source of the weights
  public static Model mistral(long seed) {
    return make(rotated("mistral", 5, false, uniform(4, 2)), Parts.NONE, seed);
  }

  /// {@return as Llama, with biases of query, key and value}
  ///
  /// @param seed source of the weights
  public static Model qwen2(long seed) {
    return make(rotated("qwen2", 0, true, uniform(4, 2)), Parts.INPUT_BIAS, seed);
  }

  /// {@return as Llama, with norms over query and key heads}
  ///
  /// @param seed source of the weights
  public static Model qwen3(long seed) {
    return make(rotated("qwen3", 0, true, uniform(4, 2)), Parts.QUERY_KEY_NORM, seed);
  }

  /// {@return a Llama whose layers lost different heads and neurons, with biases left behind}
  ///
  /// @param seed source of the weights
  public static Model llamaRagged(long seed) {
    List<LayerConfig> layers =
        List.of(new LayerConfig(new int[] {0, 1, 1}, 2, 7), new LayerConfig(new int[] {0}, 1, 10));
    return make(rotated("llama", 0, true, layers), Parts.BIASES, seed);
  }

  /// {@return learned positions, biases, GELU, LayerNorm, tied}
  ///
  /// @param seed source of the weights
  public static Model gpt2(long seed) {
    return make(gpt2Config(uniform(3, 3)), Parts.BIASES, seed);
  }

  /// {@return a GPT-2 whose layers lost different heads and neurons}
  ///
  /// @param seed source of the weights
  public static Model gpt2Ragged(long seed) {
    List<LayerConfig> layers = List.of(LayerConfig.grouped(1, 1, 9), LayerConfig.grouped(2, 2, 3));
    return make(gpt2Config(layers), Parts.BIASES, seed);
  }

  /// {@return parallel attention and MLP, half of each head rotated, biases, LayerNorm}
  ///
  /// @param seed source of the weights
  public static Model neox(long seed) {
    ModelConfig config =
        new ModelConfig(
            "gpt_neox",
            new Extents(WIDTH, HEAD_WIDTH, VOCABULARY, VOCABULARY, POSITIONS),
            rotations(2),
            LAYER,
            new Block(true, Activation.GELU, false, true, 0, 0.5f),
            false,
            uniform(3, 3));
    return make(config, Parts.BIASES, seed);
  }

  /// {@return no norm, no causal mask, fewer outputs than token ids}
  ///
  /// @param seed source of the weights
  public static Model toy(long seed) {
    return make(toyConfig(false, 5, uniform(2, 2)), Parts.BIASES, seed);
  }

  /// {@return no norm, no MLP}
  ///
  /// @param seed source of the weights
  public static Model toyAttentionOnly(long seed) {
    List<LayerConfig> layers = List.of(LayerConfig.grouped(1, 1, 0), LayerConfig.grouped(1, 1, 0));
    return make(toyConfig(true, VOCABULARY, layers), Parts.NONE, seed);
  }

  private static ModelConfig rotated(
      String family, int window, boolean tied, List<LayerConfig> layers) {
    return new ModelConfig(
        family,
        new Extents(WIDTH, HEAD_WIDTH, VOCABULARY, VOCABULARY, POSITIONS),
        rotations(HEAD_WIDTH),
        RMS,
        new Block(false, Activation.SILU, true, true, window, 0.5f),
        tied,
        layers);
  }

  private static ModelConfig gpt2Config(List<LayerConfig> layers) {
    return new ModelConfig(
        "gpt2",
        new Extents(WIDTH, HEAD_WIDTH, VOCABULARY, VOCABULARY, POSITIONS),
        new Positions.Learned(),
        LAYER,
        new Block(false, Activation.GELU_TANH, false, true, 0, 0.5f),
        true,
        layers);
  }

  private static ModelConfig toyConfig(boolean causal, int outputs, List<LayerConfig> layers) {
    return new ModelConfig(
        "toy_transformer",
        new Extents(WIDTH, HEAD_WIDTH, VOCABULARY, outputs, POSITIONS),
        new Positions.Learned(),
        null,
        new Block(false, Activation.RELU, false, causal, 0, 0.5f),
        false,
        layers);
  }

  private static List<LayerConfig> uniform(int heads, int keyHeads) {
    LayerConfig layer = LayerConfig.grouped(heads, keyHeads, 10);
    return List.of(layer, layer);
  }

  private static Positions.Rotated rotations(int dims) {
    double[] frequencies = new double[dims / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(10_000, -2.0 * i / dims);
    }
    return new Positions.Rotated(dims, frequencies, 10_000, null);
  }

  /// Weights ten times the usual, and no gain or bias at its resting place, so that nothing hides.
  private static Model make(ModelConfig config, Parts parts, long seed) {
    var random = new SplittableRandom(seed);
    Model model = InitialWeights.of(config, parts, random);
    for (Weights.Parameter parameter : model.weights().parameters()) {
      boolean vector = parameter.rows() == 1;
      for (int i = 0; i < parameter.data().length; i++) {
        float value = parameter.data()[i];
        parameter.data()[i] = vector ? value + 0.1f * (float) random.nextGaussian() : 10 * value;
      }
    }
    return model;
  }
}
