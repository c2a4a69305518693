package ai.hartonomous.platform.deployment;

import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.agent.Agents.ReadyAgent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/// The agents that this node can ask at once: those in its memory, and those with a worker.
@Component
class AgentPools {

  private final LoadedAgents local;
  private final LoadedAgents remote;
  private final Workers workers;
  private final ServingFormat weights;
  private final long memoryBytes;

  AgentPools(Settings settings, Workers workers, ApplicationEventPublisher events) {
    this.workers = workers;
    Settings.Inference limits = settings.inference();
    this.weights = limits.weights();
    this.memoryBytes = limits.memoryBytes();
    this.local =
        new LoadedAgents(
            memoryBytes, limits.loaded(), agent -> events.publishEvent(new Unloaded(agent)));
    this.remote =
        new LoadedAgents( // their number is bounded where they start
            Long.MAX_VALUE,
            Integer.MAX_VALUE,
            agent -> {
              workers.end(agent);
              events.publishEvent(new Unloaded(agent));
            });
  }

  private LoadedAgents of(DeploymentType type) {
    return switch (type) {
      case LOCAL -> local;
      case WORKER -> remote;
    };
  }

  private LoadedAgents.Reader reader(DeploymentType type, ReadyAgent agent) {
    return switch (type) {
      case LOCAL -> new Stored(agent, weights, memoryBytes);
      case WORKER -> () -> workers.start(agent, remote::unloadEldest);
    };
  }

  /// Reads an agent into the memory of this process. What is set aside before is about what it
  /// takes, so that by this alone no agent is too large.
  private record Stored(ReadyAgent agent, ServingFormat weights, long mostBytes)
      implements LoadedAgents.Reader {

    @Override
    public long sizeBytes() throws IOException {
      return Math.min(AgentLoader.sizeBytes(agent.folder(), weights), mostBytes);
    }

    @Override
    public ServedAgent read() throws IOException {
      return AgentLoader.load(agent.id(), agent.folder(), weights);
    }
  }

  /// {@return an agent that stays until the lease is closed}
  ///
  /// @throws IOException if it cannot be read
  AgentLease lease(DeploymentType type, ReadyAgent agent) throws IOException {
    return of(type).lease(agent.id(), reader(type, agent));
  }

  /// Makes an agent answer, or keeps it so.
  ///
  /// @throws IOException if it cannot be read
  void load(DeploymentType type, ReadyAgent agent) throws IOException {
    var _ = of(type).get(agent.id(), reader(type, agent));
  }

  /// Lets go of an agent when the requests under way have ended.
  void retire(UUID agentId) {
    local.retire(agentId);
    remote.retire(agentId);
  }

  /// Lets go of an agent of one type when the requests under way have ended.
  void retire(DeploymentType type, UUID agentId) {
    of(type).retire(agentId);
  }

  /// Lets go of the agents that nobody asked for a while.
  void unloadIdle(Duration idle) {
    local.unloadIdle(idle);
    remote.unloadIdle(idle);
  }

  /// {@return ids of the agents that have a worker here}
  List<UUID> withWorkers() {
    return remote.ids();
  }

  /// {@return how the worker of an agent is}
  Worker.Health worker(UUID agentId) {
    return workers.health(agentId);
  }

  /// {@return how an agent is held}
  LoadedAgents.Holding holding(DeploymentType type, UUID agentId) {
    LoadedAgents.Holding held = of(type).holding(agentId);
    return type == DeploymentType.LOCAL
        ? held
        : new LoadedAgents.Holding(held.loaded(), held.asked(), workers.sizeBytes(agentId));
  }
}
