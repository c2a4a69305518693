package ai.hartonomous.tensor;

/// Values and slopes of {@link Activation} in double precision.
final class ReferenceActivations {

  private static final double ROOT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double CUBIC = 0.044715;

  private ReferenceActivations() {}

  static double value(Activation activation, double x) {
    return switch (activation) {
      case RELU -> Math.max(x, 0);
      case GELU -> x * normal(x);
      case GELU_TANH -> x / 2 * (1 + Math.tanh(ROOT_2_OVER_PI * (x + CUBIC * x * x * x)));
      case SILU -> x * logistic(x);
    };
  }

  static double slope(Activation activation, double x) {
    return switch (activation) {
      case RELU -> x > 0 ? 1 : 0;
      case GELU -> normal(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
      case GELU_TANH -> {
        double tanh = Math.tanh(ROOT_2_OVER_PI * (x + CUBIC * x * x * x));
        double inner = ROOT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
        yield (1 + tanh) / 2 + x / 2 * (1 - tanh * tanh) * inner;
      }
      case SILU -> logistic(x) * (1 + x * (1 - logistic(x)));
    };
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /// The normal distribution function `Φ(x) = 1/2 + φ(x) Σ x^(2n+1) / (1 3 5 ... (2n+1))`. Source:
  /// Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.2.11. All terms have the sign
  /// of `x`; beyond 9 deviations the rest is below 1e-18.
  static double normal(double x) {
    if (Math.abs(x) > 9) {
      return x > 0 ? 1 : 0;
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
