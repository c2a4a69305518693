package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.agent.Agents;
import ai.hartonomous.platform.agent.Agents.ReadyAgent;
import ai.hartonomous.platform.deployment.BorrowedAgents.Borrowed;
import ai.hartonomous.platform.security.KeyAgents;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;

/// The deployed agents of the user, and where each computes. Those asked last are kept ready.
@Service
public class Deployments implements AgentSource {

  private final DeploymentRows rows;
  private final AliasRows aliases;
  private final Agents agents;
  private final BorrowedAgents borrowed;
  private final ActiveAgents active;
  private final AgentPools pools;

  Deployments(
      DeploymentRows rows,
      AliasRows aliases,
      Agents agents,
      BorrowedAgents borrowed,
      ActiveAgents active,
      AgentPools pools) {
    this.rows = rows;
    this.aliases = aliases;
    this.agents = agents;
    this.borrowed = borrowed;
    this.active = active;
    this.pools = pools;
  }

  /// An agent that may be asked.
  ///
  /// @param agent the agent
  /// @param type where it computes
  /// @param held id of what is in memory for it: its own, or of the agent that it was borrowed from
  private record Deployed(ReadyAgent agent, DeploymentType type, UUID held) {

    AgentLease lease(AgentPools pools) throws IOException {
      var shared = new ReadyAgent(held, agent.name(), agent.folder(), agent.created());
      return pools.lease(type, shared).as(agent.id());
    }
  }

  @Override
  public List<Entry> entries() {
    Map<UUID, ReadyAgent> deployed = new LinkedHashMap<>();
    forEach((_, agent) -> deployed.put(agent.id(), agent));
    List<Entry> entries = new ArrayList<>();
    for (AliasRow alias : aliases.current()) {
      ReadyAgent agent = deployed.get(alias.agentId);
      if (agent != null) {
        entries.add(new Entry(agent.id(), alias.name, agent.created()));
      }
    }
    deployed.values().forEach(agent -> entries.add(entry(agent, agent.name())));
    borrowed.all().forEach(it -> entries.add(entry(it.agent(), it.agent().name())));
    return entries.stream().filter(it -> KeyAgents.allow(it.name(), it.id())).toList();
  }

  @Override
  public Optional<Entry> entry(String model) {
    return granted(model)
        .map(Deployed::agent)
        .map(agent -> entry(agent, isId(agent, model) ? agent.name() : model));
  }

  private static Entry entry(ReadyAgent agent, String name) {
    return new Entry(agent.id(), name, agent.created());
  }

  private static boolean isId(ReadyAgent agent, String model) {
    return agent.id().toString().equals(model);
  }

  @Override
  public Optional<AgentLease> open(String model) throws IOException {
    Deployed asked = granted(model).orElse(null);
    return asked == null ? Optional.empty() : Optional.of(asked.lease(pools));
  }

  /// {@return what the user may ask, and the API key of the request too}
  private Optional<Deployed> granted(String model) {
    return find(model).filter(it -> KeyAgents.allow(model, it.agent().id()));
  }

  private Optional<Deployed> deployed(DeploymentRow row) {
    return agents.find(row.agentId).map(agent -> new Deployed(agent, row.type, agent.id()));
  }

  /// One copy serves owner and borrowers alike while the owner has it deployed.
  private Deployed deployed(Borrowed it) {
    ReadyAgent agent = it.agent();
    return active
        .type(it.original())
        .map(type -> new Deployed(agent, type, it.original()))
        .orElseGet(() -> new Deployed(agent, DeploymentType.LOCAL, agent.id()));
  }

  /// {@return a deployed agent of the user by alias, id or name, of several with one name the last
  /// deployed; or one of others that the user may ask}
  private Optional<Deployed> find(String model) {
    UUID meant =
        aliases.findFirstByNameOrderByNumberDesc(model).map(row -> row.agentId).orElse(null);
    if (meant != null) {
      return rows.findFirstByAgentId(meant).flatMap(this::deployed);
    }
    return id(model)
        .flatMap(rows::findFirstByAgentId)
        .or(() -> rows.named(model, Limit.of(1)).stream().findFirst())
        .flatMap(this::deployed)
        .or(() -> borrowed.find(model).map(this::deployed));
  }

  private static Optional<UUID> id(String model) {
    try {
      UUID id = UUID.fromString(model);
      return id.toString().equals(model) ? Optional.of(id) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Deploys an agent: it can be asked at once, and answers from then on. A deployed one stays so;
  /// one of another type goes on where it was until it answers where it is to be.
  ///
  /// @param wanted where it is to compute, or null for where it does, in the server at first
  DeploymentView deploy(UUID agentId, @Nullable DeploymentType wanted) throws IOException {
    try {
      return deployed(agentId, wanted);
    } catch (DataIntegrityViolationException _) {
      return deployed(agentId, wanted); // another request was first: this one is for its deployment
    }
  }

  private DeploymentView deployed(UUID agentId, @Nullable DeploymentType wanted)
      throws IOException {
    ReadyAgent agent = agents.require(agentId);
    DeploymentRow row = rows.findFirstByAgentId(agentId).orElse(null);
    DeploymentType usual = row == null ? DeploymentType.LOCAL : row.type;
    DeploymentType type = Objects.requireNonNullElse(wanted, usual);
    pools.load(type, agent);
    if (row == null) {
      return view(rows.save(new DeploymentRow(agentId, type)), agent);
    }
    if (row.type != type) {
      row.type = type;
      rows.save(row);
      pools.retire(usual, agentId);
    }
    return view(row, agent);
  }

  List<DeploymentView> list() {
    List<DeploymentView> views = new ArrayList<>();
    forEach((row, agent) -> views.add(view(row, agent)));
    return views;
  }

  /// Goes through what is deployed of agents that are there, the last deployed first.
  private void forEach(BiConsumer<DeploymentRow, ReadyAgent> work) {
    List<DeploymentRow> all = rows.findAllByOrderByIdDesc();
    Map<UUID, ReadyAgent> found = agents.find(all.stream().map(row -> row.agentId).toList());
    for (DeploymentRow row : all) {
      ReadyAgent agent = found.get(row.agentId);
      if (agent != null) {
        work.accept(row, agent);
      }
    }
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
    pools.retire(agentId);
  }

  /// How a deployment is.
  ///
  /// @param id its id
  /// @param agentId the agent
  /// @param model name of the agent
  /// @param type where it computes
  /// @param status `ready` to be asked, `starting` if its worker is not there yet, `idle` if it is
  ///   read when somebody asks, `damaged` if a file is missing
  /// @param requests that it is answering on this node
  /// @param memoryBytes of its weights on this node
  /// @param worker how its worker on this node is, or null for an agent in the server
  record DeploymentHealth(
      UUID id,
      UUID agentId,
      String model,
      DeploymentType type,
      Status status,
      int requests,
      long memoryBytes,
      Worker.@Nullable Health worker) {}

  /// What a deployment can be.
  enum Status {
    /// Can be asked at once on this node.
    READY,
    /// Its worker on this node is about to be there.
    STARTING,
    /// Not in memory; read when somebody asks.
    IDLE,
    /// Its files are not there.
    DAMAGED
  }

  DeploymentHealth health(UUID id) {
    DeploymentRow row = rows.findById(id).orElseThrow(() -> Problem.notFound("deployment", id));
    ReadyAgent agent = agents.require(row.agentId);
    LoadedAgents.Holding holding = pools.holding(row.type, row.agentId);
    Worker.Health worker = row.type == DeploymentType.WORKER ? pools.worker(row.agentId) : null;
    return new DeploymentHealth(
        id,
        row.agentId,
        agent.name(),
        row.type,
        status(agent, holding, worker),
        holding.asked(),
        holding.sizeBytes(),
        worker);
  }

  private static Status status(
      ReadyAgent agent, LoadedAgents.Holding holding, Worker.@Nullable Health worker) {
    if (worker != null && worker.state() != Worker.State.ENDED) {
      return worker.state() == Worker.State.READY ? Status.READY : Status.STARTING;
    }
    if (holding.loaded()) {
      return Status.READY;
    }
    return Files.isDirectory(agent.folder()) ? Status.IDLE : Status.DAMAGED;
  }

  private static DeploymentView view(DeploymentRow row, ReadyAgent agent) {
    return new DeploymentView(row.getId(), row.agentId, agent.name(), row.type, row.created());
  }

  /// A deployment as the API shows it.
  ///
  /// @param id its id
  /// @param agentId the agent
  /// @param model name of the agent, as the OpenAI interface takes it
  /// @param type where it computes
  /// @param created when it was deployed
  record DeploymentView(
      UUID id, UUID agentId, String model, DeploymentType type, Instant created) {}
}
