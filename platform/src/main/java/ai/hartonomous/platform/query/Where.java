package ai.hartonomous.platform.query;

import ai.hartonomous.platform.vector.EmbeddingKind;
import ai.hartonomous.platform.vector.Scope;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where to look for components.
///
/// @param modelIds models; all if null
/// @param kinds kinds; heads, neurons and features if null
/// @param sourceIds sources, such as transcoders; all if null
/// @param firstLayer lowest layer, from 0
/// @param lastLayer highest layer
record Where(
    @Nullable @Size(min = 1, max = 100) Set<@NotNull UUID> modelIds,
    @Nullable @Size(min = 1) Set<@NotNull EmbeddingKind> kinds,
    @Nullable @Size(min = 1, max = 100) Set<@NotNull UUID> sourceIds,
    @Nullable @Min(0) Integer firstLayer,
    @Nullable @Min(0) Integer lastLayer) {

  static final Where ANYWHERE = new Where(null, null, null, null, null);

  private static final Set<EmbeddingKind> PARTS =
      Set.of(EmbeddingKind.HEAD, EmbeddingKind.NEURON, EmbeddingKind.FEATURE);

  /// {@return this as the index takes it}
  ///
  /// @param models models to look in, instead of these, or null
  Scope scope(@Nullable Set<UUID> models) {
    return new Scope(
        models != null ? models : orEmpty(modelIds),
        kinds == null ? PARTS : kinds,
        orEmpty(sourceIds),
        firstLayer,
        lastLayer);
  }

  private static Set<UUID> orEmpty(@Nullable Set<UUID> ids) {
    return ids == null ? Set.of() : ids;
  }
}
