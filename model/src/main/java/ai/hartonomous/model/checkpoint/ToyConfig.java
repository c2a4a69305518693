package ai.hartonomous.model.checkpoint;

import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.NormConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.tensor.Norm;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads `config.json` of a `toy_transformer` folder, whose keys are those of TransformerLens.
final class ToyConfig {
  private ToyConfig() {}

  /// {@return what a folder holds}
  static Plan plan(ConfigObject config, Map<String, StoredTensor> tensors)
      throws CheckpointException {
    int width = config.positive("d_model");
    int headWidth = config.positive("d_head");
    int heads = config.positive("n_heads");
    int count = config.positive("n_layers");
    boolean attentionOnly = config.flag("attn_only", false);
    int neurons = attentionOnly ? 0 : config.positive("d_mlp");
    Plan.Bounds.of(tensors).check(config.file(), count, heads, headWidth);
    if (!config.text("positional_embedding", "learned_absolute").equals("learned_absolute")) {
      throw config.unexpected(
          "positional_embedding", "learned_absolute", config.text("positional_embedding"));
    }
    List<StoredLayer> layers =
        LayerRecord.read(config, LayerConfig.grouped(heads, heads, neurons), count);
    int vocabulary = config.positive("d_vocab");
    var model =
        new ModelConfig(
            "toy_transformer",
            new Extents(
                width,
                headWidth,
                vocabulary,
                config.positive("d_vocab_out", vocabulary),
                config.positive("n_ctx")),
            new Positions.Learned(),
            norm(config),
            new Block(
                config.flag("parallel_attn_mlp", false),
                Activations.read(config, "act_fn", "relu"),
                false,
                isCausal(config),
                0,
                scale(config, headWidth)),
            false,
            layers.stream().map(StoredLayer::layer).toList());
    ModelPlaces places = new ToyPlaces(tensors::containsKey, attentionOnly).of(model, layers);
    return new Plan(model, places, _ -> false);
  }

  private static float scale(ConfigObject config, int headWidth) throws CheckpointException {
    double divisor = config.positiveNumber("attn_scale_divisor", Math.sqrt(headWidth));
    float scale = (float) (1 / divisor);
    if (!Float.isFinite(scale)) {
      throw config.unexpected("attn_scale_divisor", "a usual number", "" + divisor);
    }
    return scale;
  }

  private static boolean isCausal(ConfigObject config) throws CheckpointException {
    String direction = config.text("attention_dir", "causal");
    return switch (direction) {
      case "causal" -> true;
      case "bidirectional" -> false;
      default ->
          throw config.unexpected(
              "attention_dir", "causal or bidirectional", FileFormatException.quote(direction));
    };
  }

  private static @Nullable NormConfig norm(ConfigObject config) throws CheckpointException {
    if (!config.has("normalization")) {
      return null;
    }
    if (!config.text("normalization").equals("LN")) {
      throw config.unexpected(
          "normalization", "LN or null", FileFormatException.quote(config.text("normalization")));
    }
    return new NormConfig(Norm.Kind.LAYER, (float) config.positiveNumber("eps", 1e-5));
  }
}
