package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.compose.CompositeReport.Expert;
import org.jspecify.annotations.Nullable;

/// What came of the attempt to make an expert.
///
/// @param expert its figures, or the best that was reached
/// @param shortfall why it is not good enough, or null if it is
record Tried(Expert expert, @Nullable String shortfall) {

  /// {@return heads and neurons}
  int components() {
    return expert.report().agent().components();
  }

  /// {@return whether it is not good enough and would not be with more components, either because
  /// it could not get more than it had, or because its source has no more}
  ///
  /// @param most components that it could get
  boolean isHopeless(int most) {
    int useful = Math.min(most, expert.report().source().components());
    return shortfall != null && expert.limit() >= useful;
  }
}
