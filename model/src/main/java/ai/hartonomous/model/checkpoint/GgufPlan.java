package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.checkpoint.GatedPlaces.Options;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.tensor.Activation;
import ai.hartonomous.tensor.Norm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Reads a model's description out of the metadata of a GGUF file, whose keys are those of
/// llama.cpp.
final class GgufPlan {
  /// What the layers were before padding: JSON text of an object with {@link LayerRecord#KEY}.
  static final String LAYERS_KEY = "hartonomous.layers";

  /// The `rope_scaling` of config.json, where tensors alone would not tell it: JSON text.
  static final String SCALING_KEY = "hartonomous.rope_scaling";

  /// Divisors of the rotary frequencies, one for each.
  static final String ROPE_FACTORS = "rope_freqs.weight";

  private final GgufMetadata metadata;
  private final Map<String, StoredTensor> tensors;
  private final String architecture;

  GgufPlan(GgufFile file) throws CheckpointException {
    metadata = new GgufMetadata(file.file(), file.metadata());
    tensors = file.tensors();
    architecture = metadata.required("general.architecture").text();
  }

  /// {@return what the file holds}
  ///
  /// @throws CheckpointException if the architecture is not supported or a value is out of range
  Plan plan() throws CheckpointException {
    return switch (architecture) {
      case "llama", "qwen2", "qwen3" -> gated();
      case "gpt2", "gptneox" -> fused();
      default ->
          throw metadata
              .required("general.architecture")
              .unexpected(
                  "llama, qwen2, qwen3, gpt2 or gptneox", FileFormatException.quote(architecture));
    };
  }

  private Plan gated() throws CheckpointException {
    List<StoredLayer> layers = layers(key("attention.head_count_kv"));
    Extents extents = extents(layers);
    var options =
        new Options(
            tensors.containsKey("blk.0.attn_q.bias"),
            tensors.containsKey("blk.0.attn_output.bias"),
            tensors.containsKey("blk.0.ffn_up.bias"),
            tensors.containsKey("blk.0.attn_q_norm.weight"),
            architecture.equals("llama"));
    double epsilon = metadata.positiveNumber(key("attention.layer_norm_rms_epsilon"));
    int rotated = metadata.positive(key("rope.dimension_count"), extents.headWidth());
    if (rotated != extents.headWidth()) {
      throw metadata
          .required(key("rope.dimension_count"))
          .unexpected("the width of a head, " + extents.headWidth(), "" + rotated);
    }
    var config =
        new ModelConfig(
            architecture,
            extents,
            rotations(rotated),
            new NormConfig(Norm.Kind.RMS, (float) epsilon),
            new Block(
                false,
                Activation.SILU,
                true,
                true,
                metadata.count(key("attention.sliding_window"), 0),
                Activations.attentionScale(extents.headWidth())),
            !tensors.containsKey("output.weight"),
            layers.stream().map(StoredLayer::layer).toList());
    ModelPlaces places = new GatedPlaces(GatedPlaces.Names.GGUF, options).of(config, layers);
    return new Plan(config, places, ROPE_FACTORS::equals);
  }

  private Plan fused() throws CheckpointException {
    boolean learned = architecture.equals("gpt2");
    List<StoredLayer> layers = layers(key("attention.head_count"));
    Extents extents = extents(layers);
    double epsilon = metadata.positiveNumber(key("attention.layer_norm_epsilon"));
    var config =
        new ModelConfig(
            learned ? "gpt2" : "gpt_neox",
            extents,
            learned
                ? new Positions.Learned()
                : rotations(metadata.positive(key("rope.dimension_count"), extents.headWidth())),
            new NormConfig(Norm.Kind.LAYER, (float) epsilon),
            new Block(
                !learned && metadata.flag(key("use_parallel_residual"), true),
                learned ? Activation.GELU_TANH : Activation.GELU,
                false,
                true,
                0,
                Activations.attentionScale(extents.headWidth())),
            !tensors.containsKey("output.weight"),
            layers.stream().map(StoredLayer::layer).toList());
    var names = FusedPlaces.Names.gguf(learned ? "position_embd" : null);
    ModelPlaces places =
        new FusedPlaces(names, FusedPlaces.Fusion.IN_TURN, false).of(config, layers);
    return new Plan(config, places, ROPE_FACTORS::equals);
  }

  private String key(String name) {
    return architecture + "." + name;
  }

  private Extents extents(List<StoredLayer> layers) throws CheckpointException {
    int width = metadata.positive(key("embedding_length"));
    StoredTensor tokens = tensors.get("token_embd.weight");
    if (tokens == null || tokens.shape().size() != 2 || tokens.shape().getFirst() > 1 << 30) {
      throw new CheckpointException(
          metadata.file(),
          "tensor token_embd.weight",
          "a matrix",
          tokens == null ? "no such tensor" : "shape " + tokens.shape());
    }
    int vocabulary = tokens.shape().getFirst().intValue();
    int positions = metadata.positive(key("context_length"));
    return new Extents(
        width, headWidth(layers.getFirst().heads()), vocabulary, vocabulary, positions);
  }

  private int headWidth(int heads) throws CheckpointException {
    int width = metadata.positive(key("embedding_length"));
    int headWidth = metadata.positive(key("attention.key_length"), Math.max(1, width / heads));
    int valueWidth = metadata.positive(key("attention.value_length"), headWidth);
    if (valueWidth != headWidth) {
      throw metadata
          .required(key("attention.value_length"))
          .unexpected("the width of keys, " + headWidth, "" + valueWidth);
    }
    return headWidth;
  }

  private List<StoredLayer> layers(String keyHeadsKey) throws CheckpointException {
    int count = metadata.positive(key("block_count"));
    var bounds = Plan.Bounds.of(tensors);
    bounds.check(metadata.file(), count, 1, 1);
    int[] heads = metadata.perLayer(key("attention.head_count"), count);
    int[] keyHeads = metadata.has(keyHeadsKey) ? metadata.perLayer(keyHeadsKey, count) : heads;
    int[] neurons = metadata.perLayer(key("feed_forward_length"), count);
    int most = Arrays.stream(heads).max().orElse(1);
    bounds.check(metadata.file(), count, most, headWidth(heads[0]));
    List<LayerConfig> stored = new ArrayList<>();
    for (int l = 0; l < count; l++) {
      if (heads[l] % keyHeads[l] != 0) {
        throw metadata
            .required(keyHeadsKey)
            .unexpected("a divisor of " + heads[l], "" + keyHeads[l]);
      }
      stored.add(LayerConfig.grouped(heads[l], keyHeads[l], neurons[l]));
    }
    String record = metadata.text(LAYERS_KEY, "{}");
    return LayerRecord.read(
        StrictJson.parse(
            metadata.file(), LAYERS_KEY + ".", record.getBytes(StandardCharsets.UTF_8)),
        stored);
  }

  private Positions rotations(int dims) throws CheckpointException {
    if (dims % 2 != 0) {
      throw metadata.required(key("rope.dimension_count")).unexpected("an even number", "" + dims);
    }
    double theta = metadata.positiveNumber(key("rope.freq_base"), 10000);
    if (metadata.has(SCALING_KEY)) {
      byte[] json = metadata.required(SCALING_KEY).text().getBytes(StandardCharsets.UTF_8);
      ConfigObject scaling = StrictJson.parse(metadata.file(), SCALING_KEY + ".", json);
      return RotaryScaling.positions(dims, theta, RotaryScaling.read(scaling));
    }
    if (tensors.containsKey(ROPE_FACTORS)) {
      return llama3(dims, theta);
    }
    String type = metadata.text(key("rope.scaling.type"), "none");
    return switch (type) {
      case "none" -> RotaryScaling.positions(dims, theta, null);
      case "linear" ->
          RotaryScaling.positions(
              dims,
              theta,
              new RotaryScaling(metadata.positiveNumber(key("rope.scaling.factor")), null));
      default ->
          throw metadata
              .required(key("rope.scaling.type"))
              .unexpected("none or linear", FileFormatException.quote(type));
    };
  }

  /// Finds the scaling behind a table of factors. The published Llama 3 models differ in the factor
  /// alone, which is the largest of the table.
  private Positions llama3(int dims, double theta) throws CheckpointException {
    StoredTensor tensor = tensors.get(ROPE_FACTORS);
    if (tensor == null || !tensor.shape().equals(List.of(dims / 2L))) {
      throw new CheckpointException(
          metadata.file(),
          "tensor " + ROPE_FACTORS,
          "shape [%d]".formatted(dims / 2),
          tensor == null ? "none" : "shape " + tensor.shape());
    }
    float[] factors = tensor.read();
    double largest = 0;
    for (float factor : factors) {
      largest = Math.max(largest, factor);
    }
    var scaling = new RotaryScaling(largest, new RotaryScaling.Ramp(1, 4, 8192));
    Positions.Rotated plain = RotaryScaling.positions(dims, theta, null);
    for (int i = 0; i < factors.length; i++) {
      double frequency = plain.inverseFrequencies()[i];
      double expected = frequency / scaling.scale(frequency);
      if (!(Math.abs(factors[i] - expected) <= 1e-4 * expected)) {
        throw new CheckpointException(
            metadata.file(),
            "tensor " + ROPE_FACTORS,
            "the factors of Llama 3",
            "%s where it has %s".formatted(factors[i], expected));
      }
    }
    return RotaryScaling.positions(dims, theta, scaling);
  }
}
