package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.interpret.probe.ProbeSpace;
import ai.hartonomous.platform.analysis.Analysis.Task;
import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.vector.EmbeddingKind;
import ai.hartonomous.platform.vector.Embeddings;
import ai.hartonomous.platform.vector.NewEmbedding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Stores what was measured on the probe texts where searches find it. What is stored follows from
/// model and coders alone, so storing it twice, as after a crash, is the same as once.
@Component
class Embedder {

  private final Embeddings embeddings;
  private final Models models;

  Embedder(Embeddings embeddings, Models models) {
    this.embeddings = embeddings;
    this.models = models;
  }

  /// Stores heads, neurons and features.
  ///
  /// @param task the model
  /// @param space its measured components
  /// @param transcodersId where its features come from, or null without features
  /// @throws InterruptedException if the thread is interrupted
  void parts(Task task, ProbeSpace space, @Nullable UUID transcodersId)
      throws InterruptedException {
    UUID model = task.model().id();
    Map<String, UUID> ids = models.componentIds(model);
    int count = space.components().size();
    for (int from = 0; from < count; from += Embeddings.BATCH) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      List<NewEmbedding> batch = new ArrayList<>();
      for (int c = from; c < Math.min(count, from + Embeddings.BATCH); c++) {
        var component = space.components().get(c);
        boolean feature = component.kind() == Kind.FEATURE;
        batch.add(
            new NewEmbedding(
                EmbeddingKind.valueOf(component.kind().name()),
                feature ? Objects.requireNonNull(transcodersId) : model,
                component.path(),
                ids.get(component.path()),
                layer(component.path()),
                space.embedding(c)));
      }
      put(task, batch);
      task.job()
          .progress(
              "storing",
              0.8 + 0.15 * from / count,
              "%d of %d components".formatted(from + batch.size(), count));
    }
  }

  /// Stores the direction of a suite.
  ///
  /// @param task the model that read it
  /// @param suite id of the suite
  /// @param name its name
  /// @param vector its direction
  void capability(Task task, UUID suite, String name, float[] vector) {
    put(task, List.of(new NewEmbedding(EmbeddingKind.CAPABILITY, suite, name, null, null, vector)));
  }

  /// A run that has lost its job stores nothing, nor is anything stored of a model that is gone.
  private void put(Task task, List<NewEmbedding> batch) {
    UUID model = task.model().id();
    task.job()
        .storePart(
            () -> {
              models.require(model);
              embeddings.put(model, batch);
            });
  }

  /// {@return the layer of a path such as `layers.3.heads.5`}
  static int layer(String path) {
    int start = path.indexOf('.') + 1;
    return Integer.parseInt(path.substring(start, path.indexOf('.', start)));
  }
}
