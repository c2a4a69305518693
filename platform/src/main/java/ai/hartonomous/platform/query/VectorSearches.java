package ai.hartonomous.platform.query;

import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.vector.EmbeddingKind;
import ai.hartonomous.platform.vector.Embeddings;
import ai.hartonomous.platform.vector.Embeddings.Embedding;
import ai.hartonomous.platform.vector.Neighbour;
import ai.hartonomous.platform.vector.Scope;
import ai.hartonomous.platform.web.Problem;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Finds components, features and capabilities near to something.
@Component
class VectorSearches {

  private static final int USUAL = 10;

  private final Embeddings embeddings;
  private final FittingModels fittingModels;
  private final Models models;

  VectorSearches(Embeddings embeddings, FittingModels fittingModels, Models models) {
    this.embeddings = embeddings;
    this.fittingModels = fittingModels;
    this.models = models;
  }

  /// What is looked near to.
  ///
  /// @param vector its numbers
  /// @param itself the embedding that is not to be found, or null
  private record Target(float[] vector, @Nullable UUID itself) {}

  /// {@return what is near to what the query names, nearest first}
  List<Neighbour> near(ModelQuery query) {
    Near near = query.near();
    if (near == null) {
      throw Problem.invalid("near", "is needed for a query of type vector");
    }
    return nearest(target(near), query);
  }

  /// {@return what is near to a vector, nearest first}
  List<Neighbour> near(float[] vector, ModelQuery query) {
    return nearest(new Target(vector, null), query);
  }

  private List<Neighbour> nearest(Target target, ModelQuery query) {
    Set<UUID> fitting = fittingModels.of(query);
    if (fitting != null && fitting.isEmpty()) {
      return List.of();
    }
    Scope scope = query.place().scope(fitting);
    int count = query.most(USUAL);
    List<Neighbour> found =
        embeddings.nearest(
            target.vector(), target.itself() == null ? count : count + 1, scope, query.care());
    return found.stream()
        .filter(hit -> !hit.embeddingId().equals(target.itself()))
        .limit(count)
        .toList();
  }

  private Target target(Near near) {
    long given =
        Stream.of(near.componentId(), near.embeddingId(), near.vector(), near.capability())
            .filter(Objects::nonNull)
            .count();
    if (given != 1) {
      throw Problem.invalid(
          "near", "needs exactly one of componentId, embeddingId, vector and capability");
    }
    if (near.vector() != null) {
      return new Target(checked(near.vector()), null);
    }
    if (near.capability() != null) {
      return capability(near.capability(), near.modelId());
    }
    UUID componentId = near.componentId();
    UUID embeddingId = near.embeddingId();
    Optional<Embedding> found =
        componentId != null
            ? embeddings.ofComponent(componentId)
            : embeddings.find(Objects.requireNonNull(embeddingId));
    String what = componentId != null ? "embedded component" : "embedding";
    Object id = componentId != null ? componentId : embeddingId;
    return found
        .map(embedding -> new Target(embedding.vector(), embedding.id()))
        .orElseThrow(() -> Problem.notFound(what, String.valueOf(id)));
  }

  private Target capability(String name, @Nullable UUID modelId) {
    if (modelId == null) {
      throw Problem.invalid("near.modelId", "is needed: the model that read the suite");
    }
    models.require(modelId);
    return embeddings
        .named(modelId, EmbeddingKind.CAPABILITY, name)
        .map(embedding -> new Target(embedding.vector(), embedding.id()))
        .orElseThrow(
            () ->
                Problem.invalid(
                    "near.capability", "was not embedded: no embeddings of the model name it"));
  }

  private static float[] checked(float[] vector) {
    if (vector.length != Embeddings.DIMENSIONS) {
      throw Problem.invalid("near.vector", "must have %d numbers".formatted(Embeddings.DIMENSIONS));
    }
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    if (!Double.isFinite(squares) || squares == 0) {
      throw Problem.invalid("near.vector", "must have finite numbers that are not all zero");
    }
    return vector;
  }
}
