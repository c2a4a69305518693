package ai.hartonomous.platform.graph;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A named set of features. Its influences are all those between two of its features.
///
/// @param id its id
/// @param name what its owner calls it, once among the user's circuits
/// @param description what it is, or null
/// @param origin what it was made from
/// @param features number of its features
/// @param created when it was stored first
/// @param updated when it was last stored
public record Circuit(
    UUID id,
    String name,
    @Nullable String description,
    Origin origin,
    long features,
    Instant created,
    Instant updated) {

  /// What a circuit was made from. All null where a client brought it.
  ///
  /// @param modelId the model it is of
  /// @param analysisId the analysis that measured it
  /// @param agentId the agent that retains these features
  public record Origin(@Nullable UUID modelId, @Nullable UUID analysisId, @Nullable UUID agentId) {

    /// Brought by a client.
    public static final Origin NONE = new Origin(null, null, null);
  }
}
