package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.util.UUID;
import java.util.function.Consumer;

/// Agents in memory, or agents that have a worker.
final class LoadedAgents extends Shelf<UUID, ServedAgent> {

  private static final Problem BUSY =
      Problem.of(503, "agents-busy", "The memory for agents is taken by those that answer now.");

  /// @param mostBytes of weights together
  /// @param mostAgents together
  /// @param unloaded hears what is no longer held
  LoadedAgents(long mostBytes, int mostAgents, Consumer<ServedAgent> unloaded) {
    super(new Limits<>(mostBytes, mostAgents, LoadedAgents::tooLarge, BUSY), unloaded);
  }

  private static ProblemException tooLarge(UUID id, long sizeBytes, long mostBytes) {
    return Problem.unprocessable(
        "agent-too-large",
        "The agent needs %d bytes of memory; this server has %d for agents."
            .formatted(sizeBytes, mostBytes));
  }

  /// Reads an agent.
  @FunctionalInterface
  interface Reader extends Shelf.Reader<ServedAgent> {

    /// {@return about how many bytes its weights will take in memory; what they take counts as soon
    /// as they are read}
    @Override
    default long sizeBytes() throws IOException {
      return 0;
    }

    @Override
    default long sizeBytes(ServedAgent agent, long aside) {
      return agent.sizeBytes();
    }
  }

  /// {@return an agent, which stays though it was to go}
  ///
  /// @param id its id
  /// @param reader reads it if it is not there
  /// @throws IOException if it cannot be read
  /// @throws ProblemException with status 422 if it alone is too large, 503 if those that answer
  ///   now leave no room
  ServedAgent get(UUID id, Reader reader) throws IOException {
    try (AgentLease lease = lease(id, reader)) {
      keep(id);
      return lease.agent();
    }
  }

  /// {@return an agent that stays until the lease is closed, however many others are asked}
  ///
  /// @param id its id
  /// @param reader reads it if it is not there
  /// @throws IOException if it cannot be read
  /// @throws ProblemException with status 422 if it alone is too large, 503 if those that answer
  ///   now leave no room
  AgentLease lease(UUID id, Reader reader) throws IOException {
    Lease lease = super.lease(id, reader);
    return new AgentLease(lease.thing(), lease::close);
  }

  /// How an agent is held.
  ///
  /// @param loaded whether it is in memory
  /// @param asked how many requests it is answering
  /// @param sizeBytes of its weights in memory
  record Holding(boolean loaded, int asked, long sizeBytes) {}

  /// {@return how an agent is held}
  ///
  /// @param id its id
  Holding holding(UUID id) {
    State state = state(id);
    return new Holding(state.read(), state.leases(), state.bytes());
  }
}
