package ai.hartonomous.platform.registry;

import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a model computes, as stored and shown.
///
/// @param width numbers in the residual stream
/// @param headWidth numbers in one head
/// @param vocabulary token ids
/// @param contextLength longest sequence in tokens
/// @param positions `learned` or `rotated`
/// @param norm `rms` or `layer`, or null where there is none
/// @param activation non-linearity of the MLP
/// @param gated whether the MLP multiplies with a gate
/// @param parallel whether attention and MLP read the same input
/// @param causal whether a token reads only what came before
/// @param tied whether the output matrix is the token embedding
record Architecture(
    int width,
    int headWidth,
    int vocabulary,
    int contextLength,
    String positions,
    @Nullable String norm,
    String activation,
    boolean gated,
    boolean parallel,
    boolean causal,
    boolean tied) {

  static Architecture of(ModelConfig config) {
    var extents = config.extents();
    var norm = config.norm();
    return new Architecture(
        extents.width(),
        extents.headWidth(),
        extents.vocabulary(),
        extents.positions(),
        switch (config.positions()) {
          case Positions.Learned _ -> "learned";
          case Positions.Rotated _ -> "rotated";
        },
        norm == null ? null : lower(norm.kind()),
        lower(config.block().activation()),
        config.block().gated(),
        config.block().parallel(),
        config.block().causal(),
        config.tied());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
