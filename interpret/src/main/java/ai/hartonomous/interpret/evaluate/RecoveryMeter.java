package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.interpret.evaluate.SubstitutionMeter.Sums;

/// Measures {@link Recovery}.
public final class RecoveryMeter {
  private final SubstitutionMeter ablated = new SubstitutionMeter();
  private final Ratio crossEntropy = new Ratio();
  private final Ratio divergence = new Ratio();

  /// Begins.
  public RecoveryMeter() {}

  /// Adds a sequence.
  ///
  /// @param coder sums with the coder in place
  /// @param ablation sums of the same tokens with the values ablated
  public void add(Sums coder, Sums ablation) {
    ablated.add(ablation);
    if (coder.tokens() > 0) {
      crossEntropy.add(
          ablation.crossEntropy() - coder.crossEntropy(), ablation.crossEntropy() - coder.clean());
      divergence.add(ablation.divergence() - coder.divergence(), ablation.divergence());
    }
  }

  /// {@return what was measured}
  public Recovery result() {
    return new Recovery(ablated.result(), crossEntropy.estimate(), divergence.estimate());
  }
}
