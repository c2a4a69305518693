package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.checkpoint.GatedPlaces.Options;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.tensor.Norm;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Reads `config.json` of a Hugging Face folder. Absent keys mean what the family's class in
/// transformers says.
final class HuggingFaceConfig {
  /// A superset of Llama, for models that no class of transformers can compute.
  static final String SUPERSET = "hartonomous_llama";

  /// Any family, each layer as wide as its record says; no other reader knows it.
  static final String RAGGED = "hartonomous_ragged";

  /// Key with the family of such a model.
  static final String RAGGED_FAMILY = "hartonomous_family";

  private static final Pattern BUFFERS =
      Pattern.compile(
          ".*\\.(rotary_emb\\.inv_freq|attn\\.bias|attn\\.masked_bias"
              + "|attention\\.bias|attention\\.masked_bias)");

  private final ConfigObject config;
  private final Map<String, StoredTensor> tensors;
  private final boolean ragged;

  private HuggingFaceConfig(
      ConfigObject config, Map<String, StoredTensor> tensors, boolean ragged) {
    this.ragged = ragged;
    this.config = config;
    this.tensors = tensors;
  }

  /// {@return what a folder holds}
  ///
  /// @param config root of config.json
  /// @param tensors all tensors of the folder
  /// @throws CheckpointException if the family is not supported or a value is out of range
  static Plan plan(ConfigObject config, Map<String, StoredTensor> tensors)
      throws CheckpointException {
    String type = config.text("model_type");
    boolean ragged = type.equals(RAGGED);
    type = ragged ? config.text(RAGGED_FAMILY) : type;
    var reader = new HuggingFaceConfig(config, tensors, ragged);
    return switch (type) {
      case "llama", "mistral", "qwen2", "qwen3", SUPERSET -> reader.gated(type);
      case "gpt2" -> reader.gpt2();
      case "gpt_neox" -> reader.neox();
      case "toy_transformer" -> ToyConfig.plan(config, tensors);
      default ->
          throw config.unexpected(
              ragged ? RAGGED_FAMILY : "model_type",
              "llama, mistral, qwen2, qwen3, gpt2, gpt_neox or toy_transformer",
              FileFormatException.quote(type));
    };
  }

  private Plan gated(String type) throws CheckpointException {
    int width = config.positive("hidden_size");
    int heads = config.positive("num_attention_heads");
    int keyHeads = config.positive("num_key_value_heads", type.equals("mistral") ? 8 : heads);
    if (heads % keyHeads != 0) {
      throw config.unexpected("num_key_value_heads", "a divisor of " + heads, "" + keyHeads);
    }
    int headWidth = headWidth(type, width, heads);
    int count = config.positive("num_hidden_layers");
    Plan.Bounds.of(tensors).check(config.file(), count, heads, headWidth);
    var stored = LayerConfig.grouped(heads, keyHeads, config.positive("intermediate_size"));
    List<StoredLayer> layers = layers(stored, count);
    Options options = options(type);
    int vocabulary = config.positive("vocab_size");
    int positions =
        config.positive("max_position_embeddings", type.equals("mistral") ? 131072 : 2048);
    var model =
        new ModelConfig(
            type.equals(SUPERSET) ? "llama" : type,
            new Extents(width, headWidth, vocabulary, vocabulary, positions),
            RotaryScaling.read(config, headWidth, "rope_theta"),
            new NormConfig(Norm.Kind.RMS, (float) config.positiveNumber("rms_norm_eps", 1e-6)),
            new Block(
                false,
                Activations.read(config, "hidden_act", "silu"),
                true,
                true,
                window(type, count),
                Activations.attentionScale(headWidth)),
            config.flag("tie_word_embeddings", false),
            layers.stream().map(StoredLayer::layer).toList());
    ModelPlaces places = new GatedPlaces(GatedPlaces.Names.HUGGING_FACE, options).of(model, layers);
    return new Plan(model, places, name -> isIgnored(name, "lm_head.weight", model.tied()));
  }

  private int headWidth(String type, int width, int heads) throws CheckpointException {
    if (config.has("head_dim")) {
      return config.positive("head_dim");
    }
    if (type.equals("qwen3")) {
      return 128;
    }
    if (width % heads != 0) {
      throw config.unexpected("hidden_size", "a multiple of %d heads".formatted(heads), "" + width);
    }
    return width / heads;
  }

  private Options options(String type) throws CheckpointException {
    boolean attention = config.flag("attention_bias", false);
    return switch (type) {
      case "mistral" -> Options.NONE;
      case "qwen2" -> new Options(true, false, false, false, false);
      case "qwen3" -> new Options(attention, attention, false, true, false);
      case SUPERSET ->
          new Options(
              attention,
              attention,
              config.flag("mlp_bias", false),
              config.flag("hartonomous_head_norms", false),
              false);
      default -> new Options(attention, attention, config.flag("mlp_bias", false), false, false);
    };
  }

  private int window(String type, int layers) throws CheckpointException {
    int window =
        switch (type) {
          case "mistral" ->
              config.node().has("sliding_window") ? config.count("sliding_window") : 4096;
          case "qwen2", "qwen3" ->
              config.flag("use_sliding_window", false)
                  ? config.positive("sliding_window", 4096)
                  : 0;
          case SUPERSET -> config.count("sliding_window");
          default -> 0;
        };
    boolean qwen = type.startsWith("qwen");
    int full = qwen && window > 0 ? config.count("max_window_layers", 28) : 0;
    if (window > 0 && full > 0 && full < layers) {
      throw config.unexpected(
          "max_window_layers", "one kind of attention in all layers", "" + full);
    }
    return full > 0 ? 0 : sameForAll(window);
  }

  /// Newer versions of transformers list the kind of attention of each layer.
  private int sameForAll(int window) throws CheckpointException {
    if (!config.has("layer_types")) {
      return window;
    }
    List<String> kinds = config.texts("layer_types").stream().distinct().toList();
    if (kinds.equals(List.of("full_attention"))) {
      return 0;
    }
    if (!kinds.equals(List.of("sliding_attention")) || window == 0) {
      throw config.unexpected(
          "layer_types",
          "one kind of attention in all layers",
          FileFormatException.quote("" + kinds));
    }
    return window;
  }

  private Plan gpt2() throws CheckpointException {
    int width = config.positive("n_embd");
    int heads = config.positive("n_head");
    if (config.flag("scale_attn_by_inverse_layer_idx", false)
        || !config.flag("scale_attn_weights", true)) {
      throw config.unexpected(
          "scale_attn_weights", "scores divided by the root of the width", "another scale");
    }
    List<StoredLayer> layers =
        fullLayers(
            width, heads, config.positive("n_layer"), config.positive("n_inner", times4(width)));
    int vocabulary = config.positive("vocab_size");
    int headWidth = width / heads;
    var model =
        new ModelConfig(
            "gpt2",
            new Extents(
                width, headWidth, vocabulary, vocabulary, config.positive("n_positions", 1024)),
            new Positions.Learned(),
            new NormConfig(
                Norm.Kind.LAYER, (float) config.positiveNumber("layer_norm_epsilon", 1e-5)),
            new Block(
                false,
                Activations.read(config, "activation_function", "gelu_new"),
                false,
                true,
                0,
                Activations.attentionScale(headWidth)),
            config.flag("tie_word_embeddings", true),
            layers.stream().map(StoredLayer::layer).toList());
    String prefix = tensors.containsKey("transformer.wte.weight") ? "transformer." : "";
    ModelPlaces places =
        new FusedPlaces(FusedPlaces.Names.gpt2(prefix), FusedPlaces.Fusion.IN_TURN, true)
            .of(model, layers);
    return new Plan(model, places, name -> isIgnored(name, "lm_head.weight", model.tied()));
  }

  private Plan neox() throws CheckpointException {
    int width = config.positive("hidden_size");
    int heads = config.positive("num_attention_heads");
    if (!config.flag("attention_bias", true)) {
      throw config.unexpected("attention_bias", "true", "false");
    }
    List<StoredLayer> layers =
        fullLayers(
            width,
            heads,
            config.positive("num_hidden_layers"),
            config.positive("intermediate_size"));
    int vocabulary = config.positive("vocab_size");
    int headWidth = width / heads;
    var model =
        new ModelConfig(
            "gpt_neox",
            new Extents(
                width,
                headWidth,
                vocabulary,
                vocabulary,
                config.positive("max_position_embeddings", 2048)),
            neoxPositions(headWidth),
            new NormConfig(Norm.Kind.LAYER, (float) config.positiveNumber("layer_norm_eps", 1e-5)),
            new Block(
                config.flag("use_parallel_residual", true),
                Activations.read(config, "hidden_act", "gelu"),
                false,
                true,
                0,
                Activations.attentionScale(headWidth)),
            config.flag("tie_word_embeddings", false),
            layers.stream().map(StoredLayer::layer).toList());
    ModelPlaces places =
        new FusedPlaces(FusedPlaces.Names.NEOX, FusedPlaces.Fusion.BY_HEAD, false)
            .of(model, layers);
    return new Plan(model, places, name -> isIgnored(name, "embed_out.weight", model.tied()));
  }

  private Positions neoxPositions(int headWidth) throws CheckpointException {
    var parameters = config.object("rope_parameters").orElse(config);
    double share =
        parameters.positiveNumber(
            "partial_rotary_factor", config.positiveNumber("rotary_pct", 0.25));
    // A share such as 6/10 of 10 may come out a little below the whole number that is meant.
    int dims = (int) (headWidth * Math.min(share, 1) + 1e-6);
    return RotaryScaling.read(config, dims, "rotary_emb_base");
  }

  private List<StoredLayer> fullLayers(int width, int heads, int count, int neurons)
      throws CheckpointException {
    if (width % heads != 0) {
      throw config.unexpected("hidden size", "a multiple of %d heads".formatted(heads), "" + width);
    }
    Plan.Bounds.of(tensors).check(config.file(), count, heads, width / heads);
    return layers(LayerConfig.grouped(heads, heads, neurons), count);
  }

  private List<StoredLayer> layers(LayerConfig stored, int count) throws CheckpointException {
    return ragged ? LayerRecord.readOwn(config, count) : LayerRecord.read(config, stored, count);
  }

  private int times4(int width) throws CheckpointException {
    if (width > Integer.MAX_VALUE / 4) {
      throw config.unexpected("n_embd", "at most " + Integer.MAX_VALUE / 4, "" + width);
    }
    return 4 * width;
  }

  private static boolean isIgnored(String name, String output, boolean tied) {
    return BUFFERS.matcher(name).matches() || (tied && name.equals(output));
  }
}
