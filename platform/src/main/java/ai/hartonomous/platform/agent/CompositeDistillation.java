package ai.hartonomous.platform.agent;

import ai.hartonomous.distill.DistillRequest;
import ai.hartonomous.distill.ProgressListener;
import ai.hartonomous.distill.Recipe;
import ai.hartonomous.distill.compose.CompositeDistiller;
import ai.hartonomous.distill.compose.CompositeOutcome;
import ai.hartonomous.distill.compose.CompositeRequest;
import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.platform.capability.Suites;
import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.registry.Models.RegisteredModel;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/// Distils what several models of the user carry together.
@Component
class CompositeDistillation {

  private final Models models;
  private final Suites suites;

  CompositeDistillation(Models models, Suites suites) {
    this.models = models;
    this.suites = suites;
  }

  /// What to make.
  ///
  /// @param request complete request of several models
  /// @param now the time to state
  /// @param output folder to make
  /// @param work where to keep what is finished
  record Task(AgentRequest request, Instant now, Path output, Path work) {}

  /// Makes an agent in a folder. Goes on with what an earlier run left.
  ///
  /// @param listener told about progress
  /// @throws ai.hartonomous.distill.work.WorkFolderException where that no longer fits, since a
  ///   model, a suite or the number of processors has changed
  CompositeOutcome distil(Task task, ProgressListener listener)
      throws IOException, InterruptedException {
    CompositeRequest request = request(task);
    try (Kernels kernels = Kernels.of(Runtime.getRuntime().availableProcessors())) {
      return new CompositeDistiller(kernels, Recipe.USUAL).distill(request, task.work(), listener);
    }
  }

  private CompositeRequest request(Task task) {
    AgentRequest request = task.request();
    List<Source> sources =
        request.sourceModelIds().stream().map(models::require).map(this::source).toList();
    List<String> measured = Objects.requireNonNull(request.measuredCapabilities());
    var composite =
        new CompositeRequest(
            sources,
            new CompositeRequest.Suites(
                files("requiredCapabilities", request.requiredCapabilities()),
                files("measuredCapabilities", measured),
                floors(request)),
            Objects.requireNonNull(request.maxComponents()),
            Objects.requireNonNull(request.performanceThreshold()),
            Objects.requireNonNull(request.seed()),
            new DistillRequest.Stamp("hartonomous", task.now()),
            request.packing(),
            task.output());
    return composite.withCombining(request.combining());
  }

  private Map<Path, Double> floors(AgentRequest request) {
    Map<Path, Double> floors = new HashMap<>();
    for (String name : request.requiredCapabilities()) {
      Double floor = request.floor(name);
      if (floor != null) {
        floors.put(suites.require("floors", name), floor);
      }
    }
    return floors;
  }

  private Source source(RegisteredModel model) {
    return new Source(model.name(), model.path());
  }

  private List<Path> files(String field, List<String> names) {
    return names.stream().map(name -> suites.require(field, name)).toList();
  }
}
