package ai.hartonomous.model.generate;

import ai.hartonomous.model.generate.BatchGenerator.Limits;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Requests that wait, in order for each owner.
final class Waiting {

  private final Limits limits;
  private final Map<Object, Deque<Sequence>> byOwner = new LinkedHashMap<>();
  private int size;

  Waiting(Limits limits) {
    this.limits = limits;
  }

  void add(Sequence sequence) throws BusyException {
    dropCancelled();
    int own = byOwner.getOrDefault(sequence.owner(), new ArrayDeque<>()).size();
    if (size >= limits.waiting() || own >= limits.waitingEach()) {
      throw new BusyException(size);
    }
    byOwner.computeIfAbsent(sequence.owner(), _ -> new ArrayDeque<>()).add(sequence);
    size++;
  }

  /// {@return the first request of the owner with the least load, of equals the one that was not
  /// served longest; or null}
  ///
  /// @param load of the owner of a request that would be next; the largest number if it may not
  @Nullable Sequence next(ToLongFunction<Sequence> load) {
    dropCancelled();
    Sequence next = null;
    long least = Long.MAX_VALUE;
    for (Deque<Sequence> own : byOwner.values()) {
      Sequence first = own.getFirst();
      long loaded = load.applyAsLong(first);
      if (loaded < least) {
        least = loaded;
        next = first;
      }
    }
    return next;
  }

  /// Takes out the first request of its owner, who then comes after the others.
  void remove(Sequence first) {
    Deque<Sequence> own = byOwner.remove(first.owner());
    if (own == null || own.removeFirst() != first) {
      throw new IllegalArgumentException("not the first of its owner");
    }
    size--;
    if (!own.isEmpty()) {
      byOwner.put(first.owner(), own);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  void cancel() {
    byOwner.values().forEach(own -> own.forEach(Sequence::cancel));
  }

  private void dropCancelled() {
    byOwner
        .values()
        .removeIf(
            own -> {
              int before = own.size();
              own.removeIf(sequence -> sequence.result().isCancelled());
              size -= before - own.size();
              return own.isEmpty();
            });
  }
}
