package ai.hartonomous.interpret.evaluate;

/// Measures {@link Substitution}, one sequence after the other.
public final class SubstitutionMeter {
  private final Ratio crossEntropy = new Ratio();
  private final Ratio perSequence = new Ratio();
  private final Ratio increase = new Ratio();
  private final Ratio divergence = new Ratio();
  private final Ratio agreement = new Ratio();

  /// Begins.
  public SubstitutionMeter() {}

  /// Sums over the predicted tokens of one sequence.
  ///
  /// @param crossEntropy sum of the changed model's losses, nats
  /// @param clean sum of the model's own
  /// @param divergence sum of `KL(P ‖ Q)`, nats
  /// @param agreeing tokens where the likeliest one is the same
  /// @param tokens predicted tokens
  public record Sums(
      double crossEntropy, double clean, double divergence, long agreeing, long tokens) {}

  /// Adds a sequence. One without predicted tokens changes nothing.
  ///
  /// @param sums what was found in it
  public void add(Sums sums) {
    if (sums.tokens() == 0) {
      return;
    }
    double tokens = (double) sums.tokens();
    crossEntropy.add(sums.crossEntropy(), tokens);
    perSequence.add(sums.crossEntropy() / tokens, 1);
    increase.add(sums.crossEntropy() - sums.clean(), tokens);
    divergence.add(sums.divergence(), tokens);
    agreement.add((double) sums.agreeing(), tokens);
  }

  /// {@return what was measured}
  public Substitution result() {
    return new Substitution(
        crossEntropy.estimate(),
        perSequence.estimate(),
        increase.estimate(),
        divergence.estimate(),
        agreement.estimate());
  }
}
