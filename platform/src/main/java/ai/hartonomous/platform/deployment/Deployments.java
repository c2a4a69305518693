package ai.hartonomous.platform.deployment;

import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.agent.Agents;
import ai.hartonomous.platform.agent.Agents.ReadyAgent;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;

/// The deployed agents of the user. Those asked last are kept in memory.
@Service
public class Deployments implements AgentSource {

  private final DeploymentRows rows;
  private final AliasRows aliases;
  private final Agents agents;
  private final BorrowedAgents borrowed;
  private final LoadedAgents loaded;
  private final ServingFormat weights;

  Deployments(
      DeploymentRows rows,
      AliasRows aliases,
      Agents agents,
      BorrowedAgents borrowed,
      Settings settings,
      ApplicationEventPublisher events) {
    this.rows = rows;
    this.aliases = aliases;
    this.agents = agents;
    this.borrowed = borrowed;
    Settings.Inference limits = settings.inference();
    this.weights = limits.weights();
    this.loaded =
        new LoadedAgents(
            limits.memoryBytes(),
            limits.loaded(),
            agent -> events.publishEvent(new Unloaded(agent)));
  }

  @Override
  public List<Entry> entries() {
    Map<UUID, ReadyAgent> deployed = new LinkedHashMap<>();
    for (DeploymentRow row : rows.findAllByOrderByIdDesc()) {
      agents.find(row.agentId).ifPresent(agent -> deployed.put(agent.id(), agent));
    }
    List<Entry> entries = new ArrayList<>();
    for (AliasRow alias : aliases.current()) {
      ReadyAgent agent = deployed.get(alias.agentId);
      if (agent != null) {
        entries.add(new Entry(agent.id(), alias.name, agent.created()));
      }
    }
    deployed.values().forEach(agent -> entries.add(entry(agent, agent.name())));
    borrowed.all().forEach(agent -> entries.add(entry(agent, agent.name())));
    return entries;
  }

  @Override
  public Optional<Entry> entry(String model) {
    return find(model).map(agent -> entry(agent, isId(agent, model) ? agent.name() : model));
  }

  private static Entry entry(ReadyAgent agent, String name) {
    return new Entry(agent.id(), name, agent.created());
  }

  private static boolean isId(ReadyAgent agent, String model) {
    return agent.id().toString().equals(model);
  }

  @Override
  public Optional<AgentLease> open(String model) throws IOException {
    ReadyAgent agent = find(model).orElse(null);
    return agent == null
        ? Optional.empty()
        : Optional.of(loaded.lease(agent.id(), () -> read(agent)));
  }

  /// {@return the user's deployed agents, the last deployed first}
  private List<ReadyAgent> deployed() {
    return rows.findAllByOrderByIdDesc().stream()
        .flatMap(row -> agents.find(row.agentId).stream())
        .toList();
  }

  /// {@return a deployed agent of the user by alias, id or name, of several with one name the last
  /// deployed; or one of others that the user may ask}
  private Optional<ReadyAgent> find(String model) {
    UUID meant =
        aliases.findFirstByNameOrderByNumberDesc(model).map(row -> row.agentId).orElse(null);
    if (meant != null) {
      return rows.findFirstByAgentId(meant).flatMap(row -> agents.find(row.agentId));
    }
    return deployed().stream()
        .filter(agent -> isId(agent, model) || agent.name().equals(model))
        .findFirst()
        .or(() -> borrowed.find(model));
  }

  private ServedAgent read(ReadyAgent agent) throws IOException {
    return AgentLoader.load(agent.id(), agent.folder(), weights);
  }

  /// Reads an agent into memory, or keeps it there.
  private void load(ReadyAgent agent) throws IOException {
    var _ = loaded.get(agent.id(), () -> read(agent));
  }

  /// Deploys an agent: it is read into memory, and answers from then on. A deployed one stays so.
  DeploymentView deploy(UUID agentId) throws IOException {
    ReadyAgent agent = agents.require(agentId);
    load(agent);
    DeploymentRow row =
        rows.findFirstByAgentId(agentId).orElseGet(() -> rows.save(new DeploymentRow(agentId)));
    return view(row, agent);
  }

  List<DeploymentView> list() {
    return rows.findAllByOrderByIdDesc().stream()
        .flatMap(row -> agents.find(row.agentId).map(agent -> view(row, agent)).stream())
        .toList();
  }

  void delete(UUID id) {
    DeploymentRow row = rows.findById(id).orElseThrow(() -> Problem.notFound("deployment", id));
    for (AliasRow alias : aliases.current()) {
      if (row.agentId.equals(alias.agentId)) {
        throw Problem.conflict("The alias %s stands for the agent.".formatted(alias.name));
      }
    }
    rows.delete(row);
    retire(row.agentId);
  }

  /// Lets go of an agent when the requests under way have ended.
  void retire(UUID agentId) {
    loaded.retire(agentId);
  }

  /// Lets go of the agents of all users that nobody asked for a while.
  void unloadIdle(Duration idle) {
    loaded.unloadIdle(idle);
  }

  /// How a deployment is.
  ///
  /// @param id its id
  /// @param agentId the agent
  /// @param model name of the agent
  /// @param status `ready` in memory, `idle` if it is read when somebody asks, `damaged` if a file
  ///   is missing
  /// @param requests that it is answering on this node
  /// @param memoryBytes of its weights on this node
  record DeploymentHealth(
      UUID id, UUID agentId, String model, Status status, int requests, long memoryBytes) {}

  /// What a deployment can be.
  enum Status {
    /// In memory on this node.
    READY,
    /// Not in memory; read when somebody asks.
    IDLE,
    /// Its files are not there.
    DAMAGED
  }

  DeploymentHealth health(UUID id) {
    DeploymentRow row = rows.findById(id).orElseThrow(() -> Problem.notFound("deployment", id));
    ReadyAgent agent = agents.require(row.agentId);
    LoadedAgents.Holding holding = loaded.holding(row.agentId);
    Status status =
        holding.loaded()
            ? Status.READY
            : Files.isDirectory(agent.folder()) ? Status.IDLE : Status.DAMAGED;
    return new DeploymentHealth(
        id, row.agentId, agent.name(), status, holding.asked(), holding.sizeBytes());
  }

  private static DeploymentView view(DeploymentRow row, ReadyAgent agent) {
    return new DeploymentView(row.getId(), row.agentId, agent.name(), row.created());
  }

  /// A deployment as the API shows it.
  ///
  /// @param id its id
  /// @param agentId the agent
  /// @param model name of the agent, as the OpenAI interface takes it
  /// @param created when it was deployed
  record DeploymentView(UUID id, UUID agentId, String model, Instant created) {}
}
