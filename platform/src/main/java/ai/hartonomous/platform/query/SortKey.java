package ai.hartonomous.platform.query;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/// What models are sorted by. Those without the value come last; equal ones in the order of their
/// import.
///
/// @param path as in a {@link Condition}
/// @param order `asc` if null
/// @param as how a value of a document is read; `number` if null
record SortKey(
    @NotNull @Size(min = 1, max = 300) String path, @Nullable Order order, @Nullable As as) {

  /// Which end comes first.
  enum Order {
    /// The least.
    ASC,
    /// The greatest.
    DESC
  }

  /// How a value of a document is read.
  enum As {
    /// As a number.
    NUMBER,
    /// As text.
    TEXT
  }
}
