package ai.hartonomous.platform.graph;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which features an answer names. A walk passes through the others.
///
/// @param models features of these models; of all, and of none, if empty
/// @param kinds features of these kinds; of all if empty
/// @param firstLayer features from this layer on, or null for all, also those in no layer
/// @param lastLayer features up to this layer, or null for all, also those in no layer
public record Wanted(
    Set<UUID> models,
    Set<FeatureKind> kinds,
    @Nullable Integer firstLayer,
    @Nullable Integer lastLayer) {

  /// Every feature.
  public static final Wanted ALL = new Wanted(Set.of(), Set.of(), null, null);

  /// Copies the sets.
  // Not the compact form: the compiler drops its type annotations, and NullAway reads them.
  public Wanted(
      Set<UUID> models,
      Set<FeatureKind> kinds,
      @Nullable Integer firstLayer,
      @Nullable Integer lastLayer) {
    this.models = Set.copyOf(models);
    this.kinds = Set.copyOf(kinds);
    this.firstLayer = firstLayer;
    this.lastLayer = lastLayer;
  }

  /// {@return whether every feature is wanted}
  public boolean isAll() {
    return equals(ALL);
  }

  /// {@return whether a feature is wanted}
  ///
  /// @param feature the feature
  public boolean has(Feature feature) {
    Feature.Place place = feature.place();
    Integer layer = place.layer();
    return (models.isEmpty() || (place.modelId() != null && models.contains(place.modelId())))
        && (kinds.isEmpty() || kinds.contains(feature.kind()))
        && (firstLayer == null || (layer != null && layer >= firstLayer))
        && (lastLayer == null || (layer != null && layer <= lastLayer));
  }
}
