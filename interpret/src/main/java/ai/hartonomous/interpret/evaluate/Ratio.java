package ai.hartonomous.interpret.evaluate;

/// Estimates `Σ a / Σ b` from clusters (sequences) and its standard error by linearisation: with
/// `e_c = a_c - r b_c` over `C` clusters, `SE = √(C / (C-1) Σ e_c²) / |Σ b_c|`. Source: Cochran,
/// "Sampling Techniques", 3rd edition, 1977, section 6.3 and chapter 9A. A mean over tokens is the
/// case where `b_c` is the number of tokens.
final class Ratio {
  private double numerator;
  private double denominator;
  private double numeratorSquares;
  private double denominatorSquares;
  private double products;
  private long clusters;

  /// Adds the sums of one cluster.
  void add(double a, double b) {
    numerator += a;
    denominator += b;
    numeratorSquares += a * a;
    denominatorSquares += b * b;
    products += a * b;
    clusters++;
  }

  long clusters() {
    return clusters;
  }

  Estimate estimate() {
    double r = numerator / denominator;
    double squares = numeratorSquares - 2 * r * products + r * r * denominatorSquares;
    double error =
        clusters < 2
            ? Double.NaN
            : Math.sqrt(Math.max(0, squares) * clusters / (clusters - 1)) / Math.abs(denominator);
    return new Estimate(denominator == 0 ? Double.NaN : r, error);
  }
}
