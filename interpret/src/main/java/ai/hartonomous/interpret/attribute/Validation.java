package ai.hartonomous.interpret.attribute;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Edges of a graph put to the test: sources are removed, in the frozen model and in the real one,
/// and what targets read is compared with what the edges say. An important node that does nothing
/// in the real model is an artefact.
///
/// @param trials single edges
/// @param group the most influential features together
public record Validation(List<EdgeTrial> trials, @Nullable GroupTrial group) {

  /// Copies the list.
  public Validation {
    trials = List.copyOf(trials);
  }

  /// Changes of a reading by an intervention.
  ///
  /// @param frozen in the frozen model
  /// @param attentionFrozen in the real model with attention patterns kept
  /// @param free in the real model
  public record Changes(double frozen, double attentionFrozen, double free) {}

  /// One source removed, one target read.
  ///
  /// @param source id of the node that was removed
  /// @param target id of the node that was read
  /// @param edge weight of the edge; removal should change the reading by `-edge`
  /// @param changes what the target's reading changed by
  /// @param control change in the free model when another feature's vector at the same layer and
  ///   position, scaled to the same length, is removed instead; null where there is no other
  public record EdgeTrial(
      String source, String target, double edge, Changes changes, @Nullable Double control) {}

  /// Several features removed at once, the first target of the output read.
  ///
  /// @param members ids of the features
  /// @param mass sum of the lengths of what they write
  /// @param edges sum of their edges into the target
  /// @param changes what the reading changed by
  /// @param controls changes in the free model when random features of equal mass are removed
  ///   instead, one for each draw
  public record GroupTrial(
      List<String> members, double mass, double edges, Changes changes, List<Double> controls) {
    /// Copies the lists.
    public GroupTrial {
      members = List.copyOf(members);
      controls = List.copyOf(controls);
    }
  }

  /// {@return largest deviation of the frozen model from the edges, relative to the edge}
  public double worstFrozen() {
    double worst = 0;
    for (EdgeTrial trial : trials) {
      double off = Math.abs(trial.changes().frozen() + trial.edge());
      worst = Math.max(worst, off / Math.abs(trial.edge()));
    }
    return worst;
  }

  /// {@return correlation between what the edges say and what happened; NaN for fewer than two}
  ///
  /// @param change which change is compared
  public double correlation(ToDoubleFunction<Changes> change) {
    double n = trials.size();
    double x = 0;
    double y = 0;
    for (EdgeTrial trial : trials) {
      x -= trial.edge() / n;
      y += change.applyAsDouble(trial.changes()) / n;
    }
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (EdgeTrial trial : trials) {
      double dx = -trial.edge() - x;
      double dy = change.applyAsDouble(trial.changes()) - y;
      xx += dx * dx;
      yy += dy * dy;
      xy += dx * dy;
    }
    return xy / Math.sqrt(xx * yy);
  }

  /// {@return share of trials in which the reading moved the way the edge says}
  ///
  /// @param change which change is compared
  public double sameSign(ToDoubleFunction<Changes> change) {
    int same = 0;
    for (EdgeTrial trial : trials) {
      same += -trial.edge() * change.applyAsDouble(trial.changes()) > 0 ? 1 : 0;
    }
    return Scores.ratio(same, trials.size());
  }

  /// {@return mean size of the free model's changes over the trials that have a control}
  public double meanFree() {
    return trials.stream()
        .filter(trial -> trial.control() != null)
        .mapToDouble(trial -> Math.abs(trial.changes().free()))
        .average()
        .orElse(Double.NaN);
  }

  /// {@return mean size of the controls' changes}
  public double meanControl() {
    return trials.stream()
        .map(EdgeTrial::control)
        .mapToDouble(control -> control == null ? Double.NaN : Math.abs(control))
        .filter(size -> !Double.isNaN(size))
        .average()
        .orElse(Double.NaN);
  }
}
