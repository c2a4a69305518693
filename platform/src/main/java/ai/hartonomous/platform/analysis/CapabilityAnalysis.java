package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.probe.ProbeSpace;
import ai.hartonomous.platform.capability.Suites;
import ai.hartonomous.platform.capability.Suites.Suite;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// Measures a model's components on the probe texts, and finds those that respond like the items of
/// capability suites. Likeness is no proof of cause: that takes a circuit.
@Component
class CapabilityAnalysis implements Analysis<CapabilityAsk> {

  private final StoredCoders coders;
  private final Suites suites;
  private final Embedder embedder;

  CapabilityAnalysis(StoredCoders coders, Suites suites, Embedder embedder) {
    this.coders = coders;
    this.suites = suites;
    this.embedder = embedder;
  }

  /// What was found.
  ///
  /// @param components components that were measured
  /// @param texts probe texts
  /// @param capabilities one entry for each suite
  record Report(int components, int texts, List<Found> capabilities) {}

  /// Components that respond like a suite.
  ///
  /// @param capability name of the suite
  /// @param hits the most similar ones, most similar first
  record Found(String capability, List<Hit> hits) {}

  /// A component.
  ///
  /// @param component its path
  /// @param cosine similarity, -1 to 1
  record Hit(String component, double cosine) {}

  @Override
  public AnalysisKind kind() {
    return AnalysisKind.CAPABILITIES;
  }

  @Override
  public Class<CapabilityAsk> request() {
    return CapabilityAsk.class;
  }

  @Override
  public void check(UUID modelId, CapabilityAsk request) {
    request.capabilities().forEach(name -> suites.require("capabilities", name));
    if (request.transcodersId() != null) {
      coders.require(modelId, request.transcodersId());
    }
  }

  @Override
  public Report run(Task task, CapabilityAsk ask) throws IOException, InterruptedException {
    Path features =
        ask.transcodersId() == null ? null : coders.require(task.model().id(), ask.transcodersId());
    try (Kernels kernels = Kernels.of(task.threads())) {
      Probing probing = Probing.measure(task, kernels, features);
      embedder.parts(task, probing.space(), ask.transcodersId());
      List<Found> found = new ArrayList<>();
      for (String name : ask.capabilities()) {
        task.job().progress("searching", 0.95, name);
        Suite suite = suites.find("capabilities", name);
        float[] query = probing.embed(suite.file());
        embedder.capability(task, suite.id(), name, query);
        List<ProbeSpace.Hit> hits =
            probing.space().search(query, Objects.requireNonNull(ask.count()), Set.of());
        found.add(new Found(name, hits.stream().map(CapabilityAnalysis::hit).toList()));
      }
      int components = probing.space().components().size();
      return new Report(components, probing.space().dimensions(), found);
    }
  }

  private static Hit hit(ProbeSpace.Hit hit) {
    return new Hit(hit.component().path(), hit.cosine());
  }
}
