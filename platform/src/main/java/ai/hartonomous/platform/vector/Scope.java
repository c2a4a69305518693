package ai.hartonomous.platform.vector;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where to look for nearest vectors, among those of the user.
///
/// @param models models to look in; all where empty
/// @param kinds kinds to look for; all where empty
/// @param sources sources to look in, such as transcoders; all where empty
/// @param firstLayer lowest layer, from 0, or null
/// @param lastLayer highest layer, or null
public record Scope(
    Set<UUID> models,
    Set<EmbeddingKind> kinds,
    Set<UUID> sources,
    @Nullable Integer firstLayer,
    @Nullable Integer lastLayer) {

  /// Everything the user has.
  public static final Scope ALL = new Scope(Set.of(), Set.of(), Set.of(), null, null);

  /// Copies the sets.
  public Scope {
    models = Set.copyOf(models);
    kinds = Set.copyOf(kinds);
    sources = Set.copyOf(sources);
  }
}
