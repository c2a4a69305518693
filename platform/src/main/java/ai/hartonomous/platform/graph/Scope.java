package ai.hartonomous.platform.graph;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The part of the graph that a question is about.
///
/// @param user whose graph
/// @param circuitId the circuit whose features alone count, or null for all of the user's
public record Scope(String user, @Nullable UUID circuitId) {

  /// {@return the whole graph of a user}
  ///
  /// @param user whose graph
  public static Scope of(String user) {
    return new Scope(user, null);
  }
}
