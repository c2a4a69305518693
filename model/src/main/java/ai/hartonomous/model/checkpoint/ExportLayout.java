package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.checkpoint.GatedPlaces.Options;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Norm;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/// How a model is written as a Hugging Face folder.
///
/// A gated model with RMS norm keeps its family where that family has places for all its biases.
/// Else it becomes `llama` (which has biases by option), and where that lacks something too (a
/// window, head norms beside MLP biases), `hartonomous_llama`, which only this package reads: a
/// folder that others would compute wrongly must not look familiar to them.
///
/// @param type `model_type` of config.json
/// @param places where the weights go
/// @param layers the layers as stored; all of one extent
/// @param options optional tensors of a gated model
record ExportLayout(String type, ModelPlaces places, List<StoredLayer> layers, Options options) {

  /// How wide the layers are written.
  enum Widths {
    /// All as wide as the widest.
    EQUAL,
    /// Each as wide as it is.
    OWN
  }

  /// {@return the layout of a model, all layers as wide as the widest}
  ///
  /// @throws IllegalArgumentException if no family can express it
  static ExportLayout of(Model model) {
    return of(model, Widths.EQUAL);
  }

  /// {@return the layout of a model}
  ///
  /// @throws IllegalArgumentException if no family can express it
  static ExportLayout of(Model model, Widths widths) {
    ModelConfig config = model.config();
    if (config.family().equals("toy_transformer")) {
      require(widths == Widths.EQUAL, "a toy_transformer has one width for all layers");
      return toy(model);
    }
    require(config.block().causal(), "only causal models have a Hugging Face family");
    float scale = Activations.attentionScale(config.extents().headWidth());
    require(config.block().attentionScale() == scale, "attention scores need the usual scale");
    require(config.norm() != null, "a language model without norms has no Hugging Face family");
    return config.block().gated() ? gated(model, widths) : fused(model, widths);
  }

  private static ExportLayout gated(Model model, Widths widths) {
    ModelConfig config = model.config();
    require(
        !config.block().parallel()
            && config.positions() instanceof Positions.Rotated rotated
            && rotated.dims() == config.extents().headWidth()
            && config.norm() != null
            && config.norm().kind() == Norm.Kind.RMS,
        "a gated model needs rotated heads, RMS norms and layers in sequence");
    Options options = options(model.weights());
    String type = gatedType(config, options);
    if (type.equals("qwen3") || type.equals("llama") || type.equals(HuggingFaceConfig.SUPERSET)) {
      boolean attention = options.inputBias() || options.outputBias();
      options = new Options(attention, attention, options.mlpBias(), options.headNorms(), false);
    }
    int keyHeads = most(config, LayerConfig::keyHeads);
    int group = most(config, StoredLayer::widestGroup);
    List<StoredLayer> layers =
        widths == Widths.OWN ? narrow(config) : pad(config, keyHeads * group, keyHeads);
    ModelPlaces places =
        new GatedPlaces(GatedPlaces.Names.HUGGING_FACE, options).of(config, layers);
    return new ExportLayout(type, places, layers, options);
  }

  private static String gatedType(ModelConfig config, Options options) {
    boolean windowed = config.block().window() > 0;
    boolean plain = options.equals(Options.NONE);
    boolean onlyInput = options.equals(new Options(true, false, false, false, false));
    if (options.headNorms()) {
      return options.mlpBias() ? HuggingFaceConfig.SUPERSET : "qwen3";
    }
    if (onlyInput && (windowed || config.family().equals("qwen2"))) {
      return "qwen2";
    }
    if (plain && (windowed || config.family().equals("mistral"))) {
      return "mistral";
    }
    return windowed ? HuggingFaceConfig.SUPERSET : "llama";
  }

  private static ExportLayout fused(Model model, Widths widths) {
    ModelConfig config = model.config();
    int heads = config.width() / config.extents().headWidth();
    require(
        config.width() == heads * config.extents().headWidth()
            && config.norm() != null
            && config.norm().kind() == Norm.Kind.LAYER
            && config.block().window() == 0,
        "GPT-2 and GPT-NeoX need LayerNorm, no window, and heads that divide the width");
    List<StoredLayer> layers = widths == Widths.OWN ? narrow(config) : pad(config, heads, heads);
    boolean learned = config.positions() instanceof Positions.Learned;
    require(!learned || !config.block().parallel(), "GPT-2 computes its layers in sequence");
    FusedPlaces places =
        learned
            ? new FusedPlaces(
                FusedPlaces.Names.gpt2("transformer."), FusedPlaces.Fusion.IN_TURN, true)
            : new FusedPlaces(FusedPlaces.Names.NEOX, FusedPlaces.Fusion.BY_HEAD, false);
    return new ExportLayout(
        learned ? "gpt2" : "gpt_neox", places.of(config, layers), layers, Options.NONE);
  }

  private static ExportLayout toy(Model model) {
    ModelConfig config = model.config();
    int heads = Math.max(most(config, LayerConfig::heads), most(config, LayerConfig::keyHeads));
    boolean attentionOnly = config.layers().stream().allMatch(layer -> layer.neurons() == 0);
    List<StoredLayer> layers =
        config.layers().stream()
            .map(
                layer ->
                    new StoredLayer(
                        layer,
                        heads,
                        heads,
                        attentionOnly ? 0 : most(config, LayerConfig::neurons)))
            .toList();
    Set<String> biases = toyBiases(model.weights());
    ModelPlaces places = new ToyPlaces(biases::contains, attentionOnly).of(config, layers);
    return new ExportLayout("toy_transformer", places, layers, Options.NONE);
  }

  private static Set<String> toyBiases(Weights weights) {
    Set<String> names = new HashSet<>();
    for (int l = 0; l < weights.layers().size(); l++) {
      LayerWeights layer = weights.layers().get(l);
      LayerWeights.Mlp mlp = layer.mlp();
      String prefix = "blocks.%d.".formatted(l);
      addBias(names, prefix + "attn.b_Q", layer.attention().query());
      addBias(names, prefix + "attn.b_K", layer.attention().key());
      addBias(names, prefix + "attn.b_V", layer.attention().value());
      addBias(names, prefix + "attn.b_O", layer.attention().output());
      if (mlp != null) {
        addBias(names, prefix + "mlp.b_in", mlp.up());
        addBias(names, prefix + "mlp.b_out", mlp.down());
      }
    }
    addBias(names, "unembed.b_U", weights.output());
    return names;
  }

  private static void addBias(Set<String> names, String name, Linear linear) {
    if (linear.bias() != null) {
      names.add(name);
    }
  }

  /// {@return which optional tensors a gated model has in any layer}
  static Options options(Weights weights) {
    boolean input = false;
    boolean output = false;
    boolean mlp = false;
    boolean headNorms = false;
    for (LayerWeights layer : weights.layers()) {
      LayerWeights.Attention attention = layer.attention();
      LayerWeights.Mlp of = layer.mlp();
      input |= biased(attention.query(), attention.key(), attention.value());
      output |= biased(attention.output());
      mlp |= of != null && (biased(of.up(), of.down()) || (of.gate() != null && biased(of.gate())));
      headNorms |= attention.queryNorm() != null || attention.keyNorm() != null;
    }
    return new Options(input, output, mlp, headNorms, false);
  }

  private static boolean biased(Linear... linears) {
    return Stream.of(linears).map(Linear::bias).anyMatch(Objects::nonNull);
  }

  private static List<StoredLayer> narrow(ModelConfig config) {
    return config.layers().stream().map(StoredLayer::narrow).toList();
  }

  private static List<StoredLayer> pad(ModelConfig config, int heads, int keyHeads) {
    int neurons = most(config, LayerConfig::neurons);
    return config.layers().stream()
        .map(layer -> new StoredLayer(layer, heads, keyHeads, neurons))
        .toList();
  }

  /// The largest value in any layer, at least 1.
  private static int most(ModelConfig config, ToIntFunction<LayerConfig> value) {
    return Math.max(1, config.layers().stream().mapToInt(value).max().orElse(0));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
