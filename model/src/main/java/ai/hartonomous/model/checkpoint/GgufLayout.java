package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.checkpoint.GatedPlaces.Options;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.tensor.Activation;
import ai.hartonomous.tensor.Norm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How a model is written as a GGUF file.
///
/// @param model the model
/// @param architecture llama.cpp's name
/// @param layers the layers as stored
/// @param places where the weights go
record GgufLayout(Model model, String architecture, List<StoredLayer> layers, ModelPlaces places) {
  private static final JsonMapper JSON = new JsonMapper();

  /// {@return the layout of a model}
  ///
  /// @throws IllegalArgumentException if llama.cpp has no architecture for it
  static GgufLayout of(Model model) {
    ModelConfig config = model.config();
    NormConfig norm = config.norm();
    float scale = Activations.attentionScale(config.extents().headWidth());
    require(
        norm != null && config.block().causal() && config.block().attentionScale() == scale,
        "GGUF holds causal models with norms and the usual scale of attention scores");
    boolean gated = config.block().gated();
    require(
        norm != null && norm.kind() == (gated ? Norm.Kind.RMS : Norm.Kind.LAYER),
        "GGUF holds gated models with RMS norms and others with LayerNorm");
    return gated ? gated(model) : fused(model);
  }

  private static GgufLayout gated(Model model) {
    ModelConfig config = model.config();
    require(
        config.block().activation() == Activation.SILU
            && !config.block().parallel()
            && config.positions() instanceof Positions.Rotated rotated
            && rotated.dims() == config.extents().headWidth(),
        "a gated model in GGUF needs SiLU, rotated heads and layers in sequence");
    Options found = ExportLayout.options(model.weights());
    boolean onlyInput = found.equals(new Options(true, false, false, false, false));
    String architecture = "llama";
    if (found.headNorms()) {
      architecture = "qwen3";
    } else if (onlyInput && config.family().equals("qwen2")) {
      architecture = "qwen2";
    }
    var options =
        new Options(
            found.inputBias(),
            found.outputBias(),
            found.mlpBias(),
            found.headNorms(),
            architecture.equals("llama"));
    List<StoredLayer> layers = config.layers().stream().map(StoredLayer::narrow).toList();
    ModelPlaces places = new GatedPlaces(GatedPlaces.Names.GGUF, options).of(config, layers);
    return new GgufLayout(model, architecture, layers, places);
  }

  private static GgufLayout fused(Model model) {
    ModelConfig config = model.config();
    boolean learned = config.positions() instanceof Positions.Learned;
    int heads = config.width() / config.extents().headWidth();
    require(
        heads * config.extents().headWidth() == config.width()
            && config.block().window() == 0
            && config.block().activation() == (learned ? Activation.GELU_TANH : Activation.GELU)
            && !(learned && config.block().parallel())
            && !config.family().equals("toy_transformer"),
        "gpt2 and gptneox need GELU, no window, and heads that divide the width");
    List<StoredLayer> layers =
        config.layers().stream()
            .map(layer -> new StoredLayer(layer, heads, heads, Math.max(1, layer.neurons())))
            .toList();
    var names = FusedPlaces.Names.gguf(learned ? "position_embd" : null);
    ModelPlaces places =
        new FusedPlaces(names, FusedPlaces.Fusion.IN_TURN, false).of(config, layers);
    return new GgufLayout(model, learned ? "gpt2" : "gptneox", layers, places);
  }

  /// {@return the tensors of the file}
  List<SafetensorsWriter.Tensor> tensors() {
    List<SafetensorsWriter.Tensor> tensors =
        new ArrayList<>(WeightsWriter.tensors(model.weights(), places));
    if (model.config().positions() instanceof Positions.Rotated rotated
        && rotated.scaling() != null) {
      float[] factors = factors(rotated);
      tensors.add(
          new SafetensorsWriter.Tensor(
              GgufPlan.ROPE_FACTORS, List.of((long) factors.length), () -> factors));
    }
    return tensors;
  }

  private static float[] factors(Positions.Rotated rotated) {
    double[] plain =
        RotaryScaling.positions(rotated.dims(), rotated.theta(), null).inverseFrequencies();
    float[] factors = new float[plain.length];
    for (int i = 0; i < plain.length; i++) {
      factors[i] = (float) (plain[i] / rotated.inverseFrequencies()[i]);
    }
    return factors;
  }

  /// Writes the metadata.
  ///
  /// @param head receives it
  /// @param dtype format of most tensors
  void describe(GgufHead head, Dtype dtype) {
    ModelConfig config = model.config();
    NormConfig norm = config.norm();
    head.put("general.architecture", architecture);
    head.put("general.file_type", fileType(dtype));
    if (dtype.isQuantised()) {
      head.put("general.quantization_version", 2);
    }
    head.put(key("vocab_size"), config.extents().vocabulary());
    head.put(key("context_length"), config.extents().positions());
    head.put(key("embedding_length"), config.width());
    head.put(key("block_count"), layers.size());
    perLayer(head, "feed_forward_length", StoredLayer::neurons);
    perLayer(head, "attention.head_count", StoredLayer::heads);
    perLayer(head, "attention.head_count_kv", StoredLayer::keyHeads);
    head.put(key("attention.key_length"), config.extents().headWidth());
    head.put(key("attention.value_length"), config.extents().headWidth());
    boolean rms = norm != null && norm.kind() == Norm.Kind.RMS;
    head.put(
        key(rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon"),
        norm == null ? 0 : norm.epsilon());
    if (config.block().window() > 0) {
      head.put(key("attention.sliding_window"), config.block().window());
    }
    if (architecture.equals("gptneox")) {
      head.put(key("use_parallel_residual"), config.block().parallel());
    }
    if (config.positions() instanceof Positions.Rotated rotated) {
      describe(head, rotated);
    }
    if (!layers.stream().allMatch(StoredLayer::isWhole)) {
      ObjectNode record = JSON.createObjectNode();
      record.set(LayerRecord.KEY, LayerRecord.write(layers));
      head.put(GgufPlan.LAYERS_KEY, JSON.writeValueAsString(record));
    }
  }

  private void describe(GgufHead head, Positions.Rotated rotated) {
    head.put(key("rope.dimension_count"), rotated.dims());
    head.put(key("rope.freq_base"), (float) rotated.theta());
    if (rotated.scaling() != null) {
      head.put(GgufPlan.SCALING_KEY, rotated.scaling());
    }
  }

  private void perLayer(GgufHead head, String name, ToIntFunction<StoredLayer> value) {
    int[] each = layers.stream().mapToInt(value).toArray();
    if (Arrays.stream(each).allMatch(number -> number == each[0])) {
      head.put(key(name), each[0]);
    } else {
      head.putIntegers(key(name), each);
    }
  }

  private static int fileType(Dtype dtype) {
    return switch (dtype) {
      case F32 -> 0;
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q8_0 -> 7;
      case BF16 -> 32;
      case Q4_K, Q6_K -> throw new IllegalArgumentException(dtype + " is read only");
    };
  }

  private String key(String name) {
    return architecture + "." + name;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
