package ai.hartonomous.platform.graph;

import java.util.UUID;

/// Something was stored or removed that the graph has to follow.
///
/// @param id of the task; rises in time
/// @param user whose graph
/// @param origin what changed
/// @param originId its id
/// @param attempts how often it was tried in vain
record GraphTask(UUID id, String user, Origin origin, UUID originId, int attempts) {

  /// What brings circuits.
  enum Origin {
    /// An analysis of kind circuits or graphs.
    ANALYSIS,
    /// An agent, with what it retains.
    AGENT
  }
}
