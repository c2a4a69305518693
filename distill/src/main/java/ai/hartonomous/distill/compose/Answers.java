package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.compose.CompositeReport.Bid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one source answers to the calibration items.
///
/// @param source its name
/// @param components its heads and neurons
/// @param capabilities one entry for each capability, in the order of the suite
record Answers(String source, int components, List<Answered> capabilities) {

  /// Answers to the items of one capability.
  ///
  /// @param capability its name
  /// @param right which items were answered exactly, or null if they cannot be asked
  /// @param refusal why not, or null
  record Answered(String capability, boolean @Nullable [] right, @Nullable String refusal) {

    /// {@return number of right answers; -1 if the items cannot be asked}
    int count() {
      return right == null ? -1 : Count.of(right).right();
    }
  }

  /// {@return what the report says of a capability}
  Bid bid(int capability) {
    Answered answered = capabilities.get(capability);
    boolean[] right = answered.right();
    return right == null
        ? new Bid(source, null, answered.refusal())
        : new Bid(source, Count.of(right), null);
  }
}
