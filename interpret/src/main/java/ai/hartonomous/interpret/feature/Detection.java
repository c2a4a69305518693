package ai.hartonomous.interpret.feature;

import java.util.Optional;

/// The best rule for a feature, and what it is worth on examples it was not made from.
///
/// @param rule the rule in words
/// @param kind what kind of rule it is; `single token` ones are no more than a token's name
/// @param scorer name and version of what judges; scores of different ones do not compare
/// @param score on the feature's own held-out examples
/// @param control of the same rule on held-out examples of other features of the coder, drawn at
///   random: what any rule of this kind would reach
public record Detection(
    String rule, String kind, String scorer, DetectionScore score, DetectionScore control) {

  /// Standard errors of the difference by which a label must beat its control.
  public static final double MARGIN = 2;

  /// {@return whether the rule beats its control, and guessing, by two standard errors}
  public boolean isLabel() {
    double error = Math.hypot(score.standardError(), control.standardError());
    double bar = Math.max(0.5, control.balancedAccuracy()) + MARGIN * error;
    return score.balancedAccuracy() > bar;
  }

  /// {@return the label; empty where no rule beats its control}
  public Optional<String> label() {
    return isLabel() ? Optional.of(rule) : Optional.empty();
  }
}
