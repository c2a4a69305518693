package ai.hartonomous.platform.graph;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A node of the graph. Where a figure or a place is not known, it is null; storing a feature again
/// with a null leaves what was known.
///
/// @param id names it among the user's features
/// @param name for people
/// @param kind what it stands for
/// @param activation how active it is, finite
/// @param sparsity share of tokens on which it is active, or whatever its author measured; finite
/// @param interpretation what it seems to mean
/// @param place where in a model it stands
/// @param updated when it was last stored, or null before that
public record Feature(
    String id,
    String name,
    FeatureKind kind,
    @Nullable Double activation,
    @Nullable Double sparsity,
    @Nullable String interpretation,
    Place place,
    @Nullable Instant updated) {

  /// Where a feature stands.
  ///
  /// @param modelId the model
  /// @param layer from 0
  /// @param coder the coder whose latent it is, such as `layers.3.mlp`
  /// @param index number of the latent, head or neuron, from 0
  public record Place(
      @Nullable UUID modelId,
      @Nullable Integer layer,
      @Nullable String coder,
      @Nullable Integer index) {

    /// Nothing is known.
    public static final Place UNKNOWN = new Place(null, null, null, null);
  }

  /// {@return a feature of which only the name is known}
  ///
  /// @param id names it among the user's features
  /// @param name for people
  public static Feature of(String id, String name) {
    return new Feature(id, name, FeatureKind.FEATURE, null, null, null, Place.UNKNOWN, null);
  }
}
