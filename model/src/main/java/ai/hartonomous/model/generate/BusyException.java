package ai.hartonomous.model.generate;

/// More requests wait than may wait. Whoever asks may ask again later.
public final class BusyException extends Exception {

  /// Describes the queue.
  ///
  /// @param waiting requests that wait
  BusyException(int waiting) {
    super("%d requests wait for their turn already".formatted(waiting));
  }
}
