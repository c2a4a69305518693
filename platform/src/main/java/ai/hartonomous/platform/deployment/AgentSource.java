package ai.hartonomous.platform.deployment;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Agents that answer: those of the current user in the server, a single folder in the thin
/// runtime.
public interface AgentSource {

  /// An agent as clients list it.
  ///
  /// @param id its id, which stands for this very version
  /// @param name what requests may call it
  /// @param created when it was made
  record Entry(UUID id, String name, Instant created) {}

  /// {@return all agents that may be asked, the last deployed first}
  List<Entry> entries();

  /// {@return an agent that may be asked}
  ///
  /// @param model its id, its name, or another name that stands for it
  Optional<Entry> entry(String model);

  /// Reads an agent into memory where it is not there yet.
  ///
  /// @param model its id, its name, or another name that stands for it
  /// @return the agent, held until the lease is closed; empty if there is none
  /// @throws IOException if a file is not as it should be
  /// @throws ai.hartonomous.platform.web.ProblemException with status 422 if it does not fit into
  ///   the memory that there is for agents
  Optional<AgentLease> open(String model) throws IOException;
}
