package ai.hartonomous.distill;

import ai.hartonomous.distill.evaluate.SearchPoint;
import java.util.List;

/// Told how far a distillation is. Called on the thread that distils.
@FunctionalInterface
public interface ProgressListener {

  /// Hears nothing.
  ProgressListener NONE = _ -> {};

  /// Hears of progress.
  ///
  /// @param progress the present state
  void at(Progress progress);

  /// How far a distillation is.
  ///
  /// @param stage what is being done
  /// @param fraction estimated share of the whole work that is done, from 0 to 1; never falls
  /// @param message one line for people
  /// @param search sizes that were tried so far
  record Progress(Stage stage, double fraction, String message, List<SearchPoint> search) {

    /// Copies the list.
    public Progress {
      search = List.copyOf(search);
    }

    /// Tells of no sizes.
    ///
    /// @param stage what is being done
    /// @param fraction estimated share of the whole work that is done
    /// @param message one line for people
    public Progress(Stage stage, double fraction, String message) {
      this(stage, fraction, message, List.of());
    }
  }

  /// Parts of a distillation, in their order; cutting and healing alternate.
  enum Stage {
    /// Reading source and suites.
    READ,
    /// Asking several sources what they can do.
    ASSIGN,
    /// Measuring what the capability depends on, and choosing what stays.
    SELECT,
    /// Teaching a cut model.
    HEAL,
    /// Writing the agent.
    PACK,
    /// Learning which expert answers what.
    ROUTE,
    /// Measuring source and agent on held-out items.
    EVALUATE
  }
}
