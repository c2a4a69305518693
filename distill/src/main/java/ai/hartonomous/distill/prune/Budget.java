package ai.hartonomous.distill.prune;

/// What a selection may keep at most.
///
/// @param parameterShare share of the weights of all heads and neurons, in `(0, 1]`
/// @param components heads and neurons together; at least 1
public record Budget(double parameterShare, int components) {

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a number is out of range
  public Budget {
    if (!(parameterShare > 0 && parameterShare <= 1) || components < 1) {
      throw new IllegalArgumentException(
          "share %s of the parameters, %d components".formatted(parameterShare, components));
    }
  }
}
