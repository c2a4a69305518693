package ai.hartonomous.distill.heal;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.tensor.Matrix;

/// A term of an {@link Objective} on values inside the student. For each batch the source runs
/// first with {@link #keep} as hooks, then the student's forward pass with {@link #compare}, then
/// its backward pass with {@link #add}.
interface InnerTerm {

  /// Begins a batch.
  ///
  /// @param rows the rows of the answer tokens
  void begin(int[] rows);

  /// Keeps what it needs of the source.
  void keep(HookPoint point, Matrix values);

  /// Compares the student's values with it.
  void compare(HookPoint point, Matrix values);

  /// Adds the gradient of the comparison.
  void add(HookPoint point, Matrix gradient);

  /// {@return the term of the batch, after the student's forward pass}
  double loss();
}
