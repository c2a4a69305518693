package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.agent.Agents;
import ai.hartonomous.platform.agent.Agents.ReadyAgent;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;

/// The deployed agents of the user. Those asked last are kept in memory.
@Service
public class Deployments implements AgentSource {

  private final DeploymentRows rows;
  private final Agents agents;
  private final LoadedAgents loaded;

  Deployments(
      DeploymentRows rows, Agents agents, Settings settings, ApplicationEventPublisher events) {
    this.rows = rows;
    this.agents = agents;
    Settings.Inference limits = settings.inference();
    this.loaded =
        new LoadedAgents(
            limits.memoryBytes(),
            limits.loaded(),
            agent -> events.publishEvent(new Unloaded(agent)));
  }

  @Override
  public List<Entry> entries() {
    return deployed().stream().map(Deployments::entry).toList();
  }

  @Override
  public Optional<Entry> entry(String model) {
    return find(model).map(Deployments::entry);
  }

  private static Entry entry(ReadyAgent agent) {
    return new Entry(agent.id(), agent.name(), agent.created());
  }

  @Override
  public Optional<AgentLease> open(String model) throws IOException {
    ReadyAgent agent = find(model).orElse(null);
    return agent == null
        ? Optional.empty()
        : Optional.of(loaded.lease(agent.id(), () -> AgentLoader.load(agent.id(), agent.folder())));
  }

  /// {@return the user's deployed agents, the last deployed first}
  private List<ReadyAgent> deployed() {
    return rows.findAllByOrderByIdDesc().stream()
        .flatMap(row -> agents.find(row.agentId).stream())
        .toList();
  }

  /// {@return a deployed agent of the user by id or name; of several with one name the last
  /// deployed}
  private Optional<ReadyAgent> find(String model) {
    return deployed().stream()
        .filter(agent -> agent.id().toString().equals(model) || agent.name().equals(model))
        .findFirst();
  }

  /// Reads an agent into memory, or keeps it there.
  private void load(ReadyAgent agent) throws IOException {
    var _ = loaded.get(agent.id(), () -> AgentLoader.load(agent.id(), agent.folder()));
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
    rows.delete(row);
    loaded.retire(row.agentId);
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
