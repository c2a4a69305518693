package ai.hartonomous.tensor;

/// How numbers follow their gradient `g` at one step.
public sealed interface RowOptimizer {

  /// `m = β₁ m + (1 - β₁) g`, `v = β₂ v + (1 - β₂) g²`, `w -= rate c₁ m / (√v √c₂ + 1e-8)`. Source:
  /// Kingma and Ba, "Adam", 2015, arXiv:1412.6980, algorithm 1.
  ///
  /// @param rate learning rate
  /// @param beta1 memory of the first moment
  /// @param beta2 memory of the second moment
  /// @param correction1 `c₁ = 1 / (1 - β₁ᵗ)`
  /// @param correction2 `√c₂ = 1 / √(1 - β₂ᵗ)`
  record Adam(float rate, float beta1, float beta2, float correction1, float correction2)
      implements RowOptimizer {

    /// Added to the root of the second moment.
    public static final float EPSILON = 1e-8f;

    /// {@return the rule of one step with the usual memories, 0.9 and 0.999}
    ///
    /// @param rate learning rate
    /// @param step number of the step, from 1
    public static Adam of(float rate, int step) {
      double c1 = 1 / (1 - Math.pow(0.9, step));
      double c2 = 1 / Math.sqrt(1 - Math.pow(0.999, step));
      return new Adam(rate, 0.9f, 0.999f, (float) c1, (float) c2);
    }
  }

  /// `m = β m + (1 - β) g`, `w -= rate sign(m)`. Source: Bernstein et al., "signSGD", 2018,
  /// arXiv:1802.04434, algorithm 2.
  ///
  /// @param rate learning rate
  /// @param momentum `β`
  record Signum(float rate, float momentum) implements RowOptimizer {}

  /// `w -= rate g`: gradient descent without memory.
  ///
  /// @param rate learning rate
  record Descent(float rate) implements RowOptimizer {}
}
