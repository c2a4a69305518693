package ai.hartonomous.interpret.feature;

/// How well a rule tells tokens on which a feature is active from others. Examples on which the
/// rule gives no answer count as wrong.
///
/// @param balancedAccuracy mean of the share of active tokens found and of inactive tokens left
///   alone, from 0 to 1; always and never answering "active" both give 0.5
/// @param standardError of it, from the binomial variances of the two shares
/// @param active tokens on which the feature is active
/// @param inactive tokens on which it is not
/// @param rejected examples without an answer
/// @param majority plain accuracy of always answering with the larger class
public record DetectionScore(
    double balancedAccuracy,
    double standardError,
    int active,
    int inactive,
    int rejected,
    double majority) {

  /// {@return a score from counts}
  ///
  /// @param found active tokens that were found
  /// @param active active tokens, above 0
  /// @param leftAlone inactive tokens that were left alone
  /// @param inactive inactive tokens, above 0
  /// @param rejected examples without an answer, counted in neither `found` nor `leftAlone`
  static DetectionScore of(int found, int active, int leftAlone, int inactive, int rejected) {
    double positive = (double) found / active;
    double negative = (double) leftAlone / inactive;
    double variance = positive * (1 - positive) / active + negative * (1 - negative) / inactive;
    double majority = (double) Math.max(active, inactive) / (active + inactive);
    return new DetectionScore(
        (positive + negative) / 2, Math.sqrt(variance) / 2, active, inactive, rejected, majority);
  }
}
