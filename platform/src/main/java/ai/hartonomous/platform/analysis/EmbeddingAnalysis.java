package ai.hartonomous.platform.analysis;

import ai.hartonomous.platform.capability.Suites;
import ai.hartonomous.platform.capability.Suites.Suite;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// Measures a model's components on the probe texts and stores their embeddings, so that they are
/// found by searches.
@Component
class EmbeddingAnalysis implements Analysis<EmbeddingAsk> {

  private final StoredCoders coders;
  private final Suites suites;
  private final Embedder embedder;

  EmbeddingAnalysis(StoredCoders coders, Suites suites, Embedder embedder) {
    this.coders = coders;
    this.suites = suites;
    this.embedder = embedder;
  }

  /// What was embedded.
  ///
  /// @param components heads, neurons and features
  /// @param capabilities suites
  /// @param texts probe texts, the numbers of an embedding
  record Report(int components, int capabilities, int texts) {}

  @Override
  public AnalysisKind kind() {
    return AnalysisKind.EMBEDDINGS;
  }

  @Override
  public Class<EmbeddingAsk> request() {
    return EmbeddingAsk.class;
  }

  @Override
  public void check(UUID modelId, EmbeddingAsk request) {
    request.names().forEach(name -> suites.require("capabilities", name));
    if (request.transcodersId() != null) {
      coders.require(modelId, request.transcodersId());
    }
  }

  @Override
  public Report run(Task task, EmbeddingAsk ask) throws IOException, InterruptedException {
    Path features =
        ask.transcodersId() == null ? null : coders.require(task.model().id(), ask.transcodersId());
    try (Kernels kernels = Kernels.of(task.threads())) {
      Probing probing = Probing.measure(task, kernels, features);
      embedder.parts(task, probing.space(), ask.transcodersId());
      for (String name : ask.names()) {
        task.job().progress("suites", 0.95, name);
        Suite suite = suites.find("capabilities", name);
        embedder.capability(task, suite.id(), name, probing.embed(suite.file()));
      }
      int components = probing.space().components().size();
      return new Report(components, ask.names().size(), probing.space().dimensions());
    }
  }
}
