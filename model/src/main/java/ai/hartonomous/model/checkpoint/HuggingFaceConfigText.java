package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Writes `config.json` as the classes of transformers expect it.
final class HuggingFaceConfigText {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> TOKEN_IDS =
      List.of("bos_token_id", "eos_token_id", "pad_token_id");
  private static final int MAX_CONFIG_BYTES = 4_000_000;

  private HuggingFaceConfigText() {}

  /// {@return the root object}
  static ObjectNode of(ModelConfig config, ExportLayout layout, Dtype dtype) {
    ObjectNode json = JSON.createObjectNode();
    json.put("model_type", layout.type());
    switch (layout.type()) {
      case "gpt2" -> gpt2(json, config, layout);
      case "gpt_neox" -> neox(json, config, layout);
      case "toy_transformer" -> toy(json, config, layout);
      default -> gated(json, config, layout);
    }
    json.put(
        "torch_dtype",
        switch (dtype) {
          case F32 -> "float32";
          case F16 -> "float16";
          case BF16 -> "bfloat16";
          case Q8_0, Q4_0, Q4_K, Q6_K ->
              throw new IllegalArgumentException("safetensors do not hold " + dtype);
        });
    if (!layout.layers().stream().allMatch(StoredLayer::isWhole)) {
      json.set(LayerRecord.KEY, LayerRecord.write(layout.layers()));
    }
    return json;
  }

  /// {@return the root object of a folder whose layers keep their own widths}
  static ObjectNode ragged(ModelConfig config, ExportLayout layout, Dtype dtype) {
    ObjectNode json = of(config, layout, dtype);
    json.remove("architectures");
    json.put("model_type", HuggingFaceConfig.RAGGED);
    json.put(HuggingFaceConfig.RAGGED_FAMILY, layout.type());
    json.set(LayerRecord.KEY, LayerRecord.write(layout.layers()));
    if (!config.block().gated()) { // the width of a head follows from their number
      int heads = config.width() / config.extents().headWidth();
      json.put(layout.type().equals("gpt2") ? "n_head" : "num_attention_heads", heads);
    }
    return json;
  }

  /// {@return the text, with sorted keys and two spaces}
  static String print(ObjectNode json) {
    ObjectNode sorted = JSON.createObjectNode();
    json.propertyNames().stream().sorted().forEach(key -> sorted.set(key, json.get(key)));
    var indenter = new DefaultIndenter("  ", "\n");
    var separators =
        Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER);
    var printer = new DefaultPrettyPrinter(separators).withObjectIndenter(indenter);
    return JSON.writer().with(printer).writeValueAsString(sorted) + "\n";
  }

  /// Copies ids of special tokens from another config.json, if there is one.
  static void copyTokenIds(Path file, ObjectNode json) throws IOException {
    if (!Files.isRegularFile(file)) {
      return;
    }
    JsonNode from = StrictJson.read(file, MAX_CONFIG_BYTES).node();
    for (String key : TOKEN_IDS) {
      if (from.has(key)) {
        json.set(key, from.get(key));
      }
    }
  }

  private static void gated(ObjectNode json, ModelConfig config, ExportLayout layout) {
    StoredLayer layer = layout.layers().getFirst();
    Extents extents = config.extents();
    architecture(
        json,
        switch (layout.type()) {
          case "llama" -> "LlamaForCausalLM";
          case "mistral" -> "MistralForCausalLM";
          case "qwen2" -> "Qwen2ForCausalLM";
          case "qwen3" -> "Qwen3ForCausalLM";
          default -> "HartonomousLlamaForCausalLM";
        });
    common(json, config, layer);
    json.put("hidden_act", Activations.name(config.block().activation()));
    json.put("num_key_value_heads", layer.keyHeads());
    json.put("head_dim", extents.headWidth());
    json.put("rms_norm_eps", epsilon(config));
    switch (layout.type()) {
      case "qwen2", "qwen3" -> {
        boolean windowed = config.block().window() > 0;
        json.put("use_sliding_window", windowed);
        json.put("max_window_layers", windowed ? 0 : layout.layers().size());
        window(json, config);
      }
      case "llama" -> json.put("mlp_bias", layout.options().mlpBias());
      case "mistral" -> window(json, config);
      default -> {
        json.put("mlp_bias", layout.options().mlpBias());
        json.put("hartonomous_head_norms", layout.options().headNorms());
        window(json, config);
      }
    }
    if (!layout.type().equals("mistral") && !layout.type().equals("qwen2")) {
      json.put("attention_bias", layout.options().inputBias());
    }
    if (config.positions() instanceof Positions.Rotated rotated) {
      json.put("rope_theta", rotated.theta());
      scaling(json, rotated);
    }
  }

  private static void window(ObjectNode json, ModelConfig config) {
    if (config.block().window() > 0) {
      json.put("sliding_window", config.block().window());
    } else {
      json.putNull("sliding_window");
    }
  }

  private static void scaling(ObjectNode json, Positions.Rotated rotated) {
    if (rotated.scaling() == null) {
      json.putNull("rope_scaling");
    } else {
      json.set("rope_scaling", JSON.readTree(rotated.scaling()));
    }
  }

  private static void gpt2(ObjectNode json, ModelConfig config, ExportLayout layout) {
    StoredLayer layer = layout.layers().getFirst();
    architecture(json, "GPT2LMHeadModel");
    json.put("activation_function", Activations.name(config.block().activation()));
    json.put("layer_norm_epsilon", epsilon(config));
    json.put("n_ctx", config.extents().positions());
    json.put("n_embd", config.width());
    json.put("n_head", layer.heads());
    json.put("n_inner", layer.neurons());
    json.put("n_layer", layout.layers().size());
    json.put("n_positions", config.extents().positions());
    json.put("scale_attn_weights", true);
    json.put("tie_word_embeddings", config.tied());
    json.put("use_cache", true);
    json.put("vocab_size", config.extents().vocabulary());
  }

  private static void neox(ObjectNode json, ModelConfig config, ExportLayout layout) {
    architecture(json, "GPTNeoXForCausalLM");
    common(json, config, layout.layers().getFirst());
    json.put("attention_bias", true);
    json.put("hidden_act", Activations.name(config.block().activation()));
    json.put("layer_norm_eps", epsilon(config));
    json.put("use_parallel_residual", config.block().parallel());
    if (config.positions() instanceof Positions.Rotated rotated) {
      json.put("rotary_emb_base", rotated.theta());
      json.put("rotary_pct", (double) rotated.dims() / config.extents().headWidth());
      scaling(json, rotated);
    }
  }

  private static void toy(ObjectNode json, ModelConfig config, ExportLayout layout) {
    StoredLayer layer = layout.layers().getFirst();
    json.put("n_layers", layout.layers().size());
    json.put("n_heads", layer.heads());
    json.put("d_model", config.width());
    json.put("d_head", config.extents().headWidth());
    json.put("d_mlp", layer.neurons());
    json.put("attn_only", layer.neurons() == 0);
    json.put("act_fn", Activations.name(config.block().activation()));
    if (config.norm() == null) {
      json.putNull("normalization");
    } else {
      json.put("normalization", "LN");
      json.put("eps", epsilon(config));
    }
    json.put("attention_dir", config.block().causal() ? "causal" : "bidirectional");
    json.put("attn_scale_divisor", 1.0 / config.block().attentionScale());
    json.put("positional_embedding", "learned_absolute");
    json.put("parallel_attn_mlp", config.block().parallel());
    json.put("n_ctx", config.extents().positions());
    json.put("d_vocab", config.extents().vocabulary());
    json.put("d_vocab_out", config.extents().outputs());
  }

  private static void common(ObjectNode json, ModelConfig config, StoredLayer layer) {
    json.put("hidden_size", config.width());
    json.put("intermediate_size", layer.neurons());
    json.put("max_position_embeddings", config.extents().positions());
    json.put("num_attention_heads", layer.heads());
    json.put("num_hidden_layers", config.layers().size());
    json.put("tie_word_embeddings", config.tied());
    json.put("use_cache", true);
    json.put("vocab_size", config.extents().vocabulary());
  }

  private static void architecture(ObjectNode json, String name) {
    json.putArray("architectures").add(name);
  }

  /// The shortest decimal of the single-precision value, such as 1e-5.
  private static double epsilon(ModelConfig config) {
    NormConfig norm = config.norm();
    return norm == null ? 0 : Double.parseDouble(Float.toString(norm.epsilon()));
  }
}
