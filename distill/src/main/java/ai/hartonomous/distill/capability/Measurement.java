package ai.hartonomous.distill.capability;

/// What each item of one capability contributed to a figure. The mean is `Σ values / Σ weights`;
/// the figure is {@link Metric#figure a function} of it.
///
/// @param capability what was measured
/// @param protocol how
/// @param values contribution of each item, in the order of the items
/// @param weights weight of each item: 1, or its number of words or bytes
public record Measurement(String capability, Protocol protocol, double[] values, double[] weights) {

  /// Checks the lengths.
  ///
  /// @throws IllegalArgumentException if there are no items, or the lengths differ
  public Measurement {
    if (values.length == 0 || values.length != weights.length) {
      throw new IllegalArgumentException(
          "%d values with %d weights".formatted(values.length, weights.length));
    }
  }

  /// {@return number of items}
  public int items() {
    return values.length;
  }

  /// {@return the figure with its standard error}
  public Score score() {
    return new Score(
        capability, protocol, items(), protocol.metric().figure(mean()), error(deviations()));
  }

  private double mean() {
    double values = 0;
    double weights = 0;
    for (int i = 0; i < this.values.length; i++) {
      values += this.values[i];
      weights += this.weights[i];
    }
    return values / weights;
  }

  /// {@return to first order, how far each item moves the figure: the linearised residuals of a
  /// ratio estimator. They add up to 0.}
  ///
  /// Source: Cochran, "Sampling Techniques", 3rd edition, 1977, section 6.3; through the metric's
  /// function by its derivative (delta method).
  public double[] deviations() {
    double mean = mean();
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    double slope = protocol.metric().slope(mean) / total;
    double[] deviations = new double[values.length];
    for (int i = 0; i < deviations.length; i++) {
      deviations[i] = slope * (values[i] - mean * weights[i]);
    }
    return deviations;
  }

  /// {@return standard error of what items moved by so much, as if they were drawn independently:
  /// `√(n / (n - 1) Σ d²)`, which for a plain mean is the sample deviation / √n. It is 0 for one
  /// item and where all items agree: then the sample shows no spread.}
  ///
  /// @param deviations of each item; they add up to 0
  public static double error(double[] deviations) {
    double squares = 0;
    for (double deviation : deviations) {
      squares += deviation * deviation;
    }
    int n = deviations.length;
    return n < 2 ? 0 : Math.sqrt(squares * n / (n - 1));
  }
}
