package ai.hartonomous.distill;

import ai.hartonomous.distill.ProgressListener.Progress;
import ai.hartonomous.distill.ProgressListener.Stage;
import ai.hartonomous.distill.evaluate.SearchPoint;
import java.util.ArrayList;
import java.util.List;

/// Turns the steps of a distillation into one rising fraction. How many sizes the search will try
/// is not known before, so each step takes a fixed part of what is left.
final class Steps {
  private static final double PART = 0.22;

  private final ProgressListener listener;
  private final List<SearchPoint> search = new ArrayList<>();
  private double floor;
  private double fraction;

  Steps(ProgressListener listener) {
    this.listener = listener;
  }

  /// From now on tells of one more size that was tried.
  void add(SearchPoint point) {
    search.add(point);
  }

  /// Tells that something new has begun.
  void tell(Stage stage, String message) {
    floor = fraction;
    listener.at(new Progress(stage, fraction, message, search));
  }

  /// Tells how far the present step is; at 1 it is over.
  void tell(Stage stage, String message, double done) {
    fraction = Math.max(fraction, floor + done * PART * (1 - floor));
    listener.at(new Progress(stage, fraction, message, search));
    if (done >= 1) {
      floor = fraction;
    }
  }

  /// Tells that all is done.
  void finish(Stage stage, String message) {
    fraction = 1;
    listener.at(new Progress(stage, fraction, message, search));
  }
}
