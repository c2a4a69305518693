package ai.hartonomous.distill.work;

import java.io.IOException;

/// How the result of a stage is written and read. What was read equals what was written, bit by
/// bit.
///
/// @param <T> the result
public interface StageFormat<T> {

  /// Writes a result.
  ///
  /// @param result the result
  /// @param out where to
  /// @throws IOException if the disk refuses
  void write(T result, StageOutput out) throws IOException;

  /// {@return a result that was written}
  ///
  /// @param in where from
  /// @throws IOException if it is not such a result
  T read(StageInput in) throws IOException;
}
