package ai.hartonomous.platform.agent;

import ai.hartonomous.distill.compose.Combining;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.distill.compose.Vocabularies;
import ai.hartonomous.platform.capability.Suites;
import ai.hartonomous.platform.job.JobState;
import ai.hartonomous.platform.job.JobView;
import ai.hartonomous.platform.job.Jobs;
import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.registry.Models.RegisteredModel;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/// The agents of the user.
@Service
public class Agents {

  private final AgentRows rows;
  private final AgentPages pages;
  private final Models models;
  private final Suites suites;
  private final Jobs jobs;
  private final Folders folders;

  Agents(
      AgentRows rows, AgentPages pages, Models models, Suites suites, Jobs jobs, Folders folders) {
    this.rows = rows;
    this.pages = pages;
    this.models = models;
    this.suites = suites;
    this.jobs = jobs;
    this.folders = folders;
  }

  /// An agent to work with.
  ///
  /// @param id its id
  /// @param name what its owner calls it
  /// @param folder its checkpoint with tokenizer
  /// @param created when it was made
  public record ReadyAgent(UUID id, String name, Path folder, Instant created) {}

  /// {@return an agent to work with}
  ///
  /// @param id its id
  /// @throws ai.hartonomous.platform.web.ProblemException if the user has no such agent
  public ReadyAgent require(UUID id) {
    return find(id).orElseThrow(() -> Problem.notFound("agent", id));
  }

  /// {@return an agent to work with, if the user has it}
  ///
  /// @param id its id
  public Optional<ReadyAgent> find(UUID id) {
    return rows.findById(id)
        .map(row -> new ReadyAgent(id, row.name, folders.of(id), row.created()));
  }

  /// {@return those of some agents that the user has, by id; of any number in few queries}
  ///
  /// @param ids ids of agents
  public Map<UUID, ReadyAgent> find(List<UUID> ids) {
    Map<UUID, ReadyAgent> found = new HashMap<>();
    for (int at = 0; at < ids.size(); at += AgentPages.MOST_NAMED) {
      pages
          .named(ids.subList(at, Math.min(ids.size(), at + AgentPages.MOST_NAMED)))
          .forEach(
              (id, it) ->
                  found.put(id, new ReadyAgent(id, it.name(), folders.of(id), it.created())));
    }
    return found;
  }

  /// What an agent was made from.
  ///
  /// @param agent the agent
  /// @param request JSON of what was asked for, with `sourceModelIds`
  public record Sources(ReadyAgent agent, String request) {}

  /// {@return what an agent was made from}
  ///
  /// @param id its id
  /// @throws ai.hartonomous.platform.web.ProblemException if the user has no such agent
  public Sources sources(UUID id) {
    return new Sources(require(id), row(id).request);
  }

  /// A distillation that was asked for.
  ///
  /// @param job the job that does it, as it stands
  /// @param agent what it made, or null if it has not yet, or could not
  record Created(JobView job, @Nullable AgentView agent) {}

  /// Queues a distillation, and waits for it a while.
  ///
  /// @param patience how long to wait for its end
  Created create(AgentRequest request, Duration patience) throws IOException, InterruptedException {
    JobView queued = submit(request);
    JobView job = patience.isZero() ? queued : jobs.await(queued.id(), patience);
    AgentView agent =
        job.state() == JobState.SUCCEEDED
            ? rows.findFirstByJobId(job.id()).map(AgentView::of).orElse(null)
            : null;
    return new Created(job, agent);
  }

  private JobView submit(AgentRequest request) throws IOException {
    AgentRequest complete = request.complete();
    requireFloors(complete);
    requireFormats(complete);
    requireOneSource(complete);
    if (Set.copyOf(request.sourceModelIds()).size() < request.sourceModelIds().size()) {
      throw Problem.invalid("sourceModelIds", "names a model twice");
    }
    requireMixable(complete);
    complete.requiredCapabilities().forEach(it -> suites.require("requiredCapabilities", it));
    List<String> measured = complete.measuredCapabilities();
    if (measured != null) {
      measured.forEach(it -> suites.require("measuredCapabilities", it));
    }
    return jobs.submit(Distillation.KIND, complete);
  }

  private static void requireFloors(AgentRequest request) {
    for (String suite : Objects.requireNonNull(request.floors()).keySet()) {
      if (!request.requiredCapabilities().contains(suite)) {
        throw Problem.invalid("floors", "'%s' is no required capability".formatted(suite));
      }
    }
  }

  private static void requireFormats(AgentRequest request) {
    try {
      request.packing();
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("ggufFormats", String.valueOf(e.getMessage()));
    }
  }

  private void requireMixable(AgentRequest request) throws IOException {
    List<Source> sources = new ArrayList<>();
    for (UUID id : request.sourceModelIds()) {
      RegisteredModel model = models.require(id);
      sources.add(new Source(model.name(), model.path()));
    }
    if (request.combining() != Combining.ROUTE && sources.size() == 1) {
      throw Problem.invalid("combine", "needs several sources");
    }
    if (request.combining() == Combining.MIX) {
      Optional<String> obstacle = Vocabularies.obstacleOf(sources);
      if (obstacle.isPresent()) {
        throw Problem.invalid("combine", obstacle.get());
      }
    }
  }

  /// What an agent of several sources cannot have yet.
  private static void requireOneSource(AgentRequest request) {
    if (request.sourceModelIds().size() == 1) {
      return;
    }
    var given = new LinkedHashMap<String, Boolean>();
    given.put("maxParameters", request.maxParameters() != null);
    given.put("maxBytes", request.maxBytes() != null);
    given.put("minTokensPerSecond", request.minTokensPerSecond() != null);
    given.put("vocabulary", "used".equals(request.vocabulary()));
    given.put("measureMemory", Boolean.TRUE.equals(request.measureMemory()));
    given.forEach(
        (field, wanted) -> {
          if (wanted) {
            throw Problem.invalid(field, "needs one source");
          }
        });
  }

  AgentView get(UUID id) {
    return AgentView.of(row(id));
  }

  Page<AgentSummary> list(@Nullable String cursor, int limit) {
    var found = pages.read(Page.idAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, Function.identity(), AgentSummary::id);
  }

  void delete(UUID id) throws IOException {
    AgentRow row = row(id);
    folders.remove(id, () -> rows.delete(row));
  }

  private AgentRow row(UUID id) {
    return rows.findById(id).orElseThrow(() -> Problem.notFound("agent", id));
  }

  /// An agent as the API shows it.
  ///
  /// @param id its id
  /// @param name what its owner calls it
  /// @param domain what it is for
  /// @param components heads and neurons
  /// @param parameters trainable numbers
  /// @param sizeBytes all its files together
  /// @param jobId the job that made it
  /// @param request what was asked for
  /// @param report a {@link RetentionReport}, or of several sources a {@link CompositeView}
  /// @param created when it was made
  record AgentView(
      UUID id,
      String name,
      String domain,
      int components,
      long parameters,
      long sizeBytes,
      UUID jobId,
      @JsonRawValue String request,
      @JsonRawValue String report,
      Instant created) {

    static AgentView of(AgentRow row) {
      return new AgentView(
          row.getId(),
          row.name,
          row.domain,
          row.components,
          row.parameters,
          row.sizeBytes,
          row.jobId,
          row.request,
          row.report,
          row.created());
    }
  }
}
