package ai.hartonomous.model.transformer;

import java.util.ArrayList;
import java.util.List;

/// What the models of a {@link Mixture} have read of one sequence: the cache of each, in their
/// order. All have read the same tokens.
///
/// @param each a cache for each model, at least one
public record Caches(List<KvCache> each) {

  /// Copies the list.
  public Caches {
    each = List.copyOf(each);
  }

  /// {@return empty caches}
  ///
  /// @param models whose keys and values are kept
  /// @param capacity most tokens, from 1 to the fewest positions of a model
  public static Caches of(List<Model> models, int capacity) {
    return new Caches(models.stream().map(it -> new KvCache(it.config(), capacity)).toList());
  }

  /// {@return bytes of keys and values of `tokens` tokens, of all models together}
  ///
  /// @param models whose keys and values are kept
  /// @param tokens number of tokens
  public static long bytes(List<Model> models, int tokens) {
    return models.stream().mapToLong(it -> KvCache.bytes(it.config(), tokens)).sum();
  }

  /// {@return number of tokens read so far}
  public int length() {
    return each.getFirst().length();
  }

  /// {@return caches of their own that have read the same first tokens}
  ///
  /// @param models of both
  /// @param tokens how many of them, at most {@link #length()}
  /// @param newCapacity most tokens of the copies, at least `tokens`
  public Caches prefix(List<Model> models, int tokens, int newCapacity) {
    List<KvCache> copies = new ArrayList<>();
    for (int k = 0; k < each.size(); k++) {
      copies.add(each.get(k).prefix(models.get(k).config(), tokens, newCapacity));
    }
    return new Caches(copies);
  }
}
