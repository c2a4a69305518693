package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.checkpoint.ModelPlaces.AttentionPlaces;
import ai.hartonomous.model.checkpoint.ModelPlaces.LayerPlaces;
import ai.hartonomous.model.checkpoint.ModelPlaces.LinearPlace;
import ai.hartonomous.model.checkpoint.ModelPlaces.MlpPlaces;
import ai.hartonomous.model.checkpoint.ModelPlaces.NormPlace;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Places of GPT-2 and GPT-NeoX: query, key and value in one tensor, LayerNorm, biases everywhere.
///
/// @param names names of the tensors, linear maps and norms without `.weight` and `.bias`
/// @param fusion how query, key and value share their tensor
/// @param transposed whether matrices of layers are stored `[inputs, outputs]`
record FusedPlaces(Names names, Fusion fusion, boolean transposed) {

  /// How query, key and value share a tensor.
  enum Fusion {
    /// All query heads, then all key heads, then all value heads.
    IN_TURN,
    /// Query, key and value of head 0, then those of head 1, and so on.
    BY_HEAD
  }

  /// Names of tensors.
  ///
  /// @param tokens token embedding
  /// @param positions position embedding, or null
  /// @param finalNorm last norm
  /// @param output output matrix
  /// @param layer prefix of a layer
  /// @param ofLayer in a layer: norm, query-key-value, attention output, norm, MLP up, MLP down
  record Names(
      String tokens,
      @Nullable String positions,
      String finalNorm,
      String output,
      String layer,
      List<String> ofLayer) {

    /// Hugging Face: `GPT2LMHeadModel`.
    static Names gpt2(String prefix) {
      return new Names(
          prefix + "wte",
          prefix + "wpe",
          prefix + "ln_f",
          "lm_head",
          prefix + "h.%d.",
          List.of("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"));
    }

    /// Hugging Face: `GPTNeoXForCausalLM`.
    static final Names NEOX =
        new Names(
            "gpt_neox.embed_in",
            null,
            "gpt_neox.final_layer_norm",
            "embed_out",
            "gpt_neox.layers.%d.",
            List.of(
                "input_layernorm",
                "attention.query_key_value",
                "attention.dense",
                "post_attention_layernorm",
                "mlp.dense_h_to_4h",
                "mlp.dense_4h_to_h"));

    /// GGUF: architecture `gpt2` where there is a position embedding, else `gptneox`.
    static Names gguf(@Nullable String positions) {
      return new Names(
          "token_embd",
          positions,
          "output_norm",
          "output",
          "blk.%d.",
          List.of("attn_norm", "attn_qkv", "attn_output", "ffn_norm", "ffn_up", "ffn_down"));
    }
  }

  /// {@return the places of a whole model}
  ///
  /// @param config the model
  /// @param layers extents of its layers in the file; as many key heads as query heads
  ModelPlaces of(ModelConfig config, List<StoredLayer> layers) {
    Extents extents = config.extents();
    Units width = Units.all(extents.width());
    Place tokens = Place.matrix(names.tokens + ".weight", Units.all(extents.vocabulary()), width);
    Place output = Place.matrix(names.output + ".weight", Units.all(extents.outputs()), width);
    List<LayerPlaces> places = new ArrayList<>();
    for (int l = 0; l < layers.size(); l++) {
      places.add(layer(names.layer.formatted(l), extents, layers.get(l)));
    }
    return new ModelPlaces(
        tokens,
        names.positions == null
            ? null
            : Place.matrix(names.positions + ".weight", Units.all(extents.positions()), width),
        places,
        NormPlace.of(names.finalNorm, extents.width(), ".weight", ".bias"),
        config.tied() ? null : new LinearPlace(output, null));
  }

  private LayerPlaces layer(String prefix, Extents extents, StoredLayer layer) {
    Units width = Units.all(extents.width());
    Units neurons = layer.neuronUnits();
    Units heads = layer.queryUnits(extents.headWidth());
    Units keys = layer.keyUnits(extents.headWidth());
    List<String> of = names.ofLayer.stream().map(name -> prefix + name).toList();
    return new LayerPlaces(
        NormPlace.of(of.getFirst(), extents.width(), ".weight", ".bias"),
        new AttentionPlaces(
            linear(of.get(1), fused(heads, 0), width),
            linear(of.get(1), fused(keys, 1), width),
            linear(of.get(1), fused(keys, 2), width),
            linear(of.get(2), width, heads),
            null,
            null),
        NormPlace.of(of.get(3), extents.width(), ".weight", ".bias"),
        new MlpPlaces(null, linear(of.get(4), neurons, width), linear(of.get(5), width, neurons)));
  }

  private Units fused(Units heads, int part) {
    int all = Math.multiplyExact(3, heads.stored());
    return switch (fusion) {
      case IN_TURN -> heads.spread(1, part * heads.stored(), all);
      case BY_HEAD -> heads.spread(3, part, all);
    };
  }

  private LinearPlace linear(String name, Units rows, Units cols) {
    String weight = name + ".weight";
    return new LinearPlace(
        transposed ? Place.transposed(weight, rows, cols) : Place.matrix(weight, rows, cols),
        Place.vector(name + ".bias", rows));
  }
}
