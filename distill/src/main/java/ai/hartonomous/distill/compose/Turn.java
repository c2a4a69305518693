package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.compose.Assignment.Part;
import ai.hartonomous.distill.compose.CompositeReport.Expert;
import ai.hartonomous.distill.evaluate.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An attempt to make one expert.
///
/// @param parts what all experts carry
/// @param number which of them is made
/// @param limit components it may have
/// @param pass `first` for its fair share, `second` for what the others left
record Turn(List<Part> parts, int number, int limit, String pass) {

  /// {@return the expert to make}
  Part part() {
    return parts.get(number);
  }

  /// {@return the name under which its work is kept}
  String stage() {
    return pass.equals("first") ? part().name() : part().name() + "-" + pass;
  }

  /// {@return what came of it}
  ///
  /// @param report the expert's figures, or the best that was reached
  /// @param shortfall why it is not good enough, or null
  Tried tried(Report report, @Nullable String shortfall) {
    Part part = part();
    return new Tried(
        new Expert(part.name(), part.source().name(), part.capabilities(), limit, report),
        shortfall);
  }
}
