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

/// Places of the Llama family: separate projections, RMS norm, gated MLP.
///
/// @param names names of the tensors
/// @param options which optional tensors there are
record GatedPlaces(Names names, Options options) {

  /// Names of tensors: of the model, and of a layer after its prefix. Linear maps go without
  /// `.weight`.
  record Names(
      String tokens,
      String finalNorm,
      String output,
      String layer,
      String attentionNorm,
      List<String> attention,
      List<String> headNorms,
      String mlpNorm,
      List<String> mlp) {

    /// Hugging Face: `LlamaForCausalLM`, `MistralForCausalLM`, `Qwen2ForCausalLM`,
    /// `Qwen3ForCausalLM`.
    static final Names HUGGING_FACE =
        new Names(
            "model.embed_tokens",
            "model.norm",
            "lm_head",
            "model.layers.%d.",
            "input_layernorm",
            List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj"),
            List.of("self_attn.q_norm", "self_attn.k_norm"),
            "post_attention_layernorm",
            List.of("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"));

    /// GGUF: architectures `llama`, `qwen2`, `qwen3`.
    static final Names GGUF =
        new Names(
            "token_embd",
            "output_norm",
            "output",
            "blk.%d.",
            "attn_norm",
            List.of("attn_q", "attn_k", "attn_v", "attn_output"),
            List.of("attn_q_norm", "attn_k_norm"),
            "ffn_norm",
            List.of("ffn_gate", "ffn_up", "ffn_down"));
  }

  /// Optional tensors.
  ///
  /// @param inputBias whether query, key and value have biases
  /// @param outputBias whether the attention's output has
  /// @param mlpBias whether the MLP's projections have
  /// @param headNorms whether query and key heads are normalised
  /// @param interleaved whether query and key rows stand in interleaved rotary layout
  record Options(
      boolean inputBias,
      boolean outputBias,
      boolean mlpBias,
      boolean headNorms,
      boolean interleaved) {
    /// Nothing optional.
    static final Options NONE = new Options(false, false, false, false, false);
  }

  /// {@return the places of a whole model}
  ///
  /// @param config the model
  /// @param layers extents of its layers in the file
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
        null,
        places,
        NormPlace.of(names.finalNorm, extents.width(), ".weight", null),
        config.tied() ? null : new LinearPlace(output, null));
  }

  private LayerPlaces layer(String prefix, Extents extents, StoredLayer layer) {
    Units width = Units.all(extents.width());
    Units neurons = layer.neuronUnits();
    String gate = prefix + names.mlp.getFirst();
    return new LayerPlaces(
        NormPlace.of(prefix + names.attentionNorm, extents.width(), ".weight", null),
        attention(prefix, extents, layer),
        NormPlace.of(prefix + names.mlpNorm, extents.width(), ".weight", null),
        new MlpPlaces(
            linear(gate, neurons, width, options.mlpBias),
            linear(prefix + names.mlp.get(1), neurons, width, options.mlpBias),
            linear(prefix + names.mlp.get(2), width, neurons, options.mlpBias)));
  }

  private AttentionPlaces attention(String prefix, Extents extents, StoredLayer layer) {
    Units width = Units.all(extents.width());
    Units queries = layer.queryUnits(extents.headWidth());
    Units keys = layer.keyUnits(extents.headWidth());
    List<String> of = names.attention.stream().map(name -> prefix + name).toList();
    NormPlace queryNorm = null;
    NormPlace keyNorm = null;
    if (options.headNorms) {
      String query = prefix + names.headNorms.getFirst();
      queryNorm = NormPlace.of(query, extents.headWidth(), ".weight", null);
      keyNorm = NormPlace.of(prefix + names.headNorms.get(1), extents.headWidth(), ".weight", null);
    }
    return new AttentionPlaces(
        linear(of.getFirst(), rotary(queries), width, options.inputBias),
        linear(of.get(1), rotary(keys), width, options.inputBias),
        linear(of.get(2), keys, width, options.inputBias),
        linear(of.get(3), width, queries, options.outputBias),
        queryNorm,
        keyNorm);
  }

  private Units rotary(Units heads) {
    return options.interleaved ? heads.interleaved() : heads;
  }

  private static LinearPlace linear(String name, Units rows, Units cols, boolean bias) {
    return new LinearPlace(
        Place.matrix(name + ".weight", rows, cols),
        bias ? Place.vector(name + ".bias", rows) : null);
  }
}
