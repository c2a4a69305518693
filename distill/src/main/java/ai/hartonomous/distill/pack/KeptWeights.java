package ai.hartonomous.distill.pack;

import ai.hartonomous.distill.prune.EmptyLayers;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Which rows and columns of a source's weights an agent has, as {@link
/// ai.hartonomous.distill.prune.Pruner} cuts them. Of a vector, the numbers are rows.
final class KeptWeights {
  private static final Pattern LAYER = Pattern.compile("layers\\.(\\d+)\\.(.+)");
  private static final Pattern OF_LAYER = Pattern.compile("layers\\.(\\d+)\\.(.+)\\.(weight|bias)");

  private final ModelConfig config;
  private final Keep keep;
  private final int[] layers;
  private final int @Nullable [] tokens;

  /// Follows a cut.
  ///
  /// @param config the source
  /// @param keep heads and neurons that stayed
  /// @param agent the agent, whose empty layers may be gone
  /// @param tokens tokens that stayed, or null for all
  /// @throws IllegalArgumentException if the agent has not the layers that `keep` leaves
  KeptWeights(ModelConfig config, Keep keep, ModelConfig agent, int @Nullable [] tokens) {
    this.config = config;
    this.keep = keep;
    this.tokens = tokens;
    layers = EmptyLayers.inSource(agent, keep);
  }

  /// What is kept of one weight; null for all.
  ///
  /// @param rows rows that stay
  /// @param columns columns that stay
  /// @param folded columns whose mean went into the bias beside them: of a bias only
  record Part(int @Nullable [] rows, int @Nullable [] columns, int @Nullable [] folded) {
    private static final Part ALL = new Part(null, null, null);

    Part(int @Nullable [] rows, int @Nullable [] columns, int @Nullable [] folded) {
      this.rows = rows;
      this.columns = columns;
      this.folded = folded;
    }
  }

  /// {@return the source's name of one of the agent's weights}
  ///
  /// @param parameter the agent's name
  String inSource(String parameter) {
    Matcher matcher = LAYER.matcher(parameter);
    return matcher.matches()
        ? "layers.%d.%s".formatted(layers[Integer.parseInt(matcher.group(1))], matcher.group(2))
        : parameter;
  }

  /// {@return the source's layers that are gone as a whole and whose constant output went into a
  /// weight, ascending}
  ///
  /// @param parameter the agent's name
  int[] layersIn(String parameter) {
    int count = keep.layers().size();
    if (count == layers.length) {
      return new int[0];
    }
    boolean learned = config.positions() instanceof ModelConfig.Positions.Learned;
    if (parameter.equals(learned ? "positions" : "tokens")) {
      return EmptyLayers.foldedInto(layers, count, -1);
    }
    Matcher matcher = OF_LAYER.matcher(parameter);
    if (!matcher.matches() || !matcher.group(3).equals("bias")) {
      return new int[0];
    }
    int layer = layers[Integer.parseInt(matcher.group(1))];
    String last = config.layers().get(layer).neurons() > 0 ? "mlp.down" : "attention.output";
    return matcher.group(2).equals(last)
        ? EmptyLayers.foldedInto(layers, count, layer)
        : new int[0];
  }

  /// {@return what is kept of a weight}
  ///
  /// @param parameter the source's name
  Part of(String parameter) {
    Matcher matcher = OF_LAYER.matcher(parameter);
    if (!matcher.matches()) {
      boolean ofTokens = parameter.equals("tokens") || parameter.startsWith("output.");
      return ofTokens ? new Part(tokens, null, null) : Part.ALL;
    }
    int layer = Integer.parseInt(matcher.group(1));
    boolean bias = matcher.group(3).equals("bias");
    Keep.Layer kept = keep.layers().get(layer);
    return switch (matcher.group(2)) {
      case "attention.query" -> new Part(channels(kept.heads()), null, null);
      case "attention.key", "attention.value" ->
          new Part(channels(keyHeads(layer, kept.heads())), null, null);
      case "attention.output" -> columns(bias, channels(kept.heads()), attentionWidth(layer));
      case "mlp.gate", "mlp.up" -> new Part(kept.neurons(), null, null);
      case "mlp.down" -> columns(bias, kept.neurons(), config.layers().get(layer).neurons());
      default -> Part.ALL;
    };
  }

  private static Part columns(boolean bias, int[] kept, int all) {
    if (!bias) {
      return new Part(null, kept, null);
    }
    int[] gone = IntStream.range(0, all).filter(c -> Arrays.binarySearch(kept, c) < 0).toArray();
    return gone.length == 0 ? Part.ALL : new Part(null, null, gone);
  }

  private int attentionWidth(int layer) {
    return config.layers().get(layer).heads() * config.extents().headWidth();
  }

  private int[] keyHeads(int layer, int[] heads) {
    LayerConfig of = config.layers().get(layer);
    return Arrays.stream(heads).map(h -> of.keyHeadOf()[h]).sorted().distinct().toArray();
  }

  private int[] channels(int[] heads) {
    int width = config.extents().headWidth();
    return Arrays.stream(heads).flatMap(h -> IntStream.range(h * width, (h + 1) * width)).toArray();
  }
}
