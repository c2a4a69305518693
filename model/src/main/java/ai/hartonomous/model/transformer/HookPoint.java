package ai.hartonomous.model.transformer;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A place in the forward pass whose numbers can be read and replaced.
///
/// @param site which of the layer's values
/// @param layer layer number from 0; 0 for the two sites after the last layer
public record HookPoint(Site site, int layer) {

  private static final Pattern IN_LAYER = Pattern.compile("layers\\.(\\d{1,5})\\.[a-z_]+");

  /// Values that pass through a layer. Shapes: `B` sequences, `T` tokens, `D` width, `H` query
  /// heads, `K` head width, `N` neurons, `S` keys.
  public enum Site {
    /// Residual stream before the layer, `[B T, D]`.
    RESIDUAL_BEFORE("residual_before"),
    /// What each query head reads for its queries, before the norm, `[H B T, D]`, head by head.
    /// Like the next two, and {@link #MLP_RESIDUAL}, only in passes of {@link Trace.Readers#SPLIT}.
    QUERY_INPUT("query_input"),
    /// What each query head reads for its keys, before the norm, `[H B T, D]`, head by head.
    KEY_INPUT("key_input"),
    /// What each query head reads for its values, before the norm, `[H B T, D]`, head by head.
    VALUE_INPUT("value_input"),
    /// Attention weights, `[B, H, T, S]`.
    ATTENTION_PATTERN("pattern"),
    /// Output of each head before the output projection, `[B T, H K]`.
    HEAD_OUTPUT("heads"),
    /// What attention adds to the residual stream, `[B T, D]`.
    ATTENTION_OUTPUT("attention_output"),
    /// What the MLP reads, before its norm, `[B T, D]`; only in passes of {@link
    /// Trace.Readers#SPLIT}.
    MLP_RESIDUAL("mlp_residual"),
    /// Normalised input of the MLP, `[B T, D]`.
    MLP_INPUT("mlp_input"),
    /// Neuron activations: the input of the MLP's last projection, `[B T, N]`.
    NEURONS("neurons"),
    /// What the MLP adds to the residual stream, `[B T, D]`.
    MLP_OUTPUT("mlp_output"),
    /// Residual stream after the layer, `[B T, D]`.
    RESIDUAL_AFTER("residual_after"),
    /// Normalised input of the output matrix, `[rows, D]`; `rows` are those whose logits are
    /// wanted.
    FINAL_NORM("final_norm"),
    /// Logits, `[rows, outputs]`.
    LOGITS("logits");

    private final String label;

    Site(String label) {
      this.label = label;
    }
  }

  /// {@return the name of the place, such as `layers.3.neurons` or `logits`}
  public String path() {
    return switch (site) {
      case FINAL_NORM, LOGITS -> site.label;
      default -> "layers.%d.%s".formatted(layer, site.label);
    };
  }

  /// {@return the place of a name such as `layers.3.mlp_input`, if there is one}
  ///
  /// @param path as {@link #path} makes it
  public static Optional<HookPoint> parse(String path) {
    Matcher match = IN_LAYER.matcher(path);
    int layer = match.matches() ? Integer.parseInt(match.group(1)) : 0;
    for (Site site : Site.values()) {
      HookPoint point = new HookPoint(site, layer);
      if (point.path().equals(path)) {
        return Optional.of(point);
      }
    }
    return Optional.empty();
  }
}
