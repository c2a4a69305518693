package ai.hartonomous.interpret.interchange;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a stored coder tells about its origin. Nothing here changes what it computes.
///
/// @param seed seed of the training, or null where unknown
/// @param tokens tokens it was trained on, or null where unknown
/// @param modelHash SHA-256 of the model it was trained on, or null where unknown
/// @param metrics measured figures by name, such as `fvu`; finite
/// @param sourceConfig text of the configuration it was converted from, or null
public record CoderNotes(
    @Nullable Long seed,
    @Nullable Long tokens,
    @Nullable String modelHash,
    Map<String, Double> metrics,
    @Nullable String sourceConfig) {

  /// Knows nothing.
  public static final CoderNotes NONE = new CoderNotes(null, null, null, Map.of(), null);

  /// Copies the map.
  ///
  /// @throws IllegalArgumentException if a figure is not finite
  // Not the compact form: the compiler drops its type annotations, and NullAway reads them.
  public CoderNotes(
      @Nullable Long seed,
      @Nullable Long tokens,
      @Nullable String modelHash,
      Map<String, Double> metrics,
      @Nullable String sourceConfig) {
    metrics.forEach(
        (name, value) -> {
          if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("metric %s is %s".formatted(name, value));
          }
        });
    this.seed = seed;
    this.tokens = tokens;
    this.modelHash = modelHash;
    this.metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
    this.sourceConfig = sourceConfig;
  }
}
