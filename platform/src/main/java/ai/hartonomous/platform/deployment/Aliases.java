package ai.hartonomous.platform.deployment;

import ai.hartonomous.platform.agent.Agents;
import ai.hartonomous.platform.agent.Agents.ReadyAgent;
import ai.hartonomous.platform.audit.Caller;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;

/// Names such as `champion` that stand for one of the user's agents and can be given to another:
/// that one is in memory first, then new requests go to it; requests under way end where they
/// began, after which the former agent is let go of.
@Service
class Aliases {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-.{12}");
  private static final Limit MOST_SHOWN = Limit.of(100);

  private final AliasRows rows;
  private final Deployments deployments;
  private final Agents agents;
  private final Caller caller;

  Aliases(AliasRows rows, Deployments deployments, Agents agents, Caller caller) {
    this.rows = rows;
    this.deployments = deployments;
    this.agents = agents;
    this.caller = caller;
  }

  List<AliasView> list() {
    return rows.current().stream().map(this::view).toList();
  }

  AliasView get(String name) {
    return view(current(name));
  }

  /// {@return the changes of a name, the last one first, 100 at most}
  List<AliasChange> history(String name) {
    List<AliasRow> changes = rows.findByNameOrderByNumberDesc(name, MOST_SHOWN);
    if (changes.isEmpty()) {
      throw Problem.notFound("alias", name);
    }
    return changes.stream().map(this::change).toList();
  }

  /// Gives a name to an agent, which is deployed if it was not.
  ///
  /// @return the name as it stands; unchanged if it was the agent's already
  AliasView set(String name, UUID agentId) throws IOException {
    if (!NAME.matcher(name).matches() || ID.matcher(name).matches()) {
      throw Problem.invalid(
          "name", "must be 1 to 64 letters, digits and ._-, beginning with one, and no UUID");
    }
    AliasRow before = rows.findFirstByNameOrderByNumberDesc(name).orElse(null);
    return replace(name, before, agentId, "alias.set");
  }

  /// Gives a name back to an agent that had it before.
  ///
  /// @param to number of the change to go back to, or null for the one before the last
  AliasView rollBack(String name, @Nullable Integer to) throws IOException {
    AliasRow now = current(name);
    int number = to == null ? now.number - 1 : to;
    UUID agentId =
        rows.findFirstByNameAndNumber(name, number)
            .map(row -> row.agentId)
            .orElseThrow(
                () ->
                    to == null
                        ? Problem.conflict("The alias stood for no other agent before.")
                        : Problem.invalid("to", "is no change at which the alias had an agent"));
    return replace(name, now, agentId, "alias.rollback");
  }

  private AliasView replace(String name, @Nullable AliasRow before, UUID agentId, String action)
      throws IOException {
    ReadyAgent agent = agents.require(agentId);
    deployments.deploy(agentId, null); // it answers before anybody is sent to it
    UUID former = before == null ? null : before.agentId;
    if (before != null && agentId.equals(former)) {
      return view(before);
    }
    int number = before == null ? 1 : before.number + 1;
    AliasRow row = rows.saveAndFlush(new AliasRow(name, number, agentId));
    caller.does(action, "%s: %s -> %s".formatted(name, former, agentId));
    retire(former);
    return new AliasView(name, agentId, agent.name(), number, row.created());
  }

  /// Takes a name away; the agent stays deployed.
  void delete(String name) {
    AliasRow now = current(name);
    rows.saveAndFlush(new AliasRow(name, now.number + 1, null));
    caller.does("alias.delete", "%s: %s".formatted(name, now.agentId));
    retire(now.agentId);
  }

  /// Lets go of an agent that no name of the user stands for any more. It is read again if somebody
  /// asks it by its own name.
  private void retire(@Nullable UUID agentId) {
    if (agentId != null && rows.current().stream().noneMatch(it -> agentId.equals(it.agentId))) {
      deployments.retire(agentId);
    }
  }

  private AliasRow current(String name) {
    return rows.findFirstByNameOrderByNumberDesc(name)
        .filter(row -> row.agentId != null)
        .orElseThrow(() -> Problem.notFound("alias", name));
  }

  private AliasView view(AliasRow row) {
    UUID agentId = row.agentId;
    if (agentId == null) {
      throw new ProblemException(Problem.notFound("alias", row.name).problem());
    }
    return new AliasView(row.name, agentId, called(agentId), row.number, row.created());
  }

  private AliasChange change(AliasRow row) {
    UUID agentId = row.agentId;
    String agent = agentId == null ? null : called(agentId);
    return new AliasChange(row.number, agentId, agent, row.created());
  }

  private @Nullable String called(UUID agentId) {
    return agents.find(agentId).map(ReadyAgent::name).orElse(null);
  }

  /// A name that stands for an agent, as the API shows it.
  ///
  /// @param name the name
  /// @param agentId the agent
  /// @param agent what the agent's owner calls it, or null if it was deleted
  /// @param number how many changes the name has seen
  /// @param since when it was given to the agent
  record AliasView(String name, UUID agentId, @Nullable String agent, int number, Instant since) {}

  /// One change of a name, as the API shows it.
  ///
  /// @param number from 1 on
  /// @param agentId whom it was given to, or null if it was taken away
  /// @param agent what that one's owner calls it, or null if there is none or it was deleted
  /// @param at when
  record AliasChange(int number, @Nullable UUID agentId, @Nullable String agent, Instant at) {}
}
