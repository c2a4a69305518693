package ai.hartonomous.distill.pack;

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
  private static final Pattern OF_LAYER = Pattern.compile("layers\\.(\\d+)\\.(.+)\\.(weight|bias)");

  private final ModelConfig config;
  private final Keep keep;
  private final int @Nullable [] tokens;

  /// Follows a cut.
  ///
  /// @param config the source
  /// @param keep heads and neurons that stayed
  /// @param tokens tokens that stayed, or null for all
  KeptWeights(ModelConfig config, Keep keep, int @Nullable [] tokens) {
    this.config = config;
    this.keep = keep;
    this.tokens = tokens;
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

  /// {@return what is kept of a weight}
  ///
  /// @param parameter its name
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
