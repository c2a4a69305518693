package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.agent.Agents.ReadyAgent;
import java.util.List;
import java.util.Optional;

/// Agents of others that the user may ask. They answer without being deployed, and come after the
/// user's own where a name is the same.
public interface BorrowedAgents {

  /// {@return all that the user may ask now}
  List<ReadyAgent> all();

  /// {@return an agent that the user may ask now}
  ///
  /// @param model what requests call it
  Optional<ReadyAgent> find(String model);
}
