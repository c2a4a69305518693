package ai.hartonomous.distill.capability;

/// How well a model does on the items of one capability.
///
/// @param capability what was measured
/// @param protocol how it was measured
/// @param items number of items, at least one
/// @param value the figure
/// @param standardError its standard error for independent items, as {@link Measurement#error}
public record Score(
    String capability, Protocol protocol, int items, double value, double standardError) {

  /// Checks the count.
  ///
  /// @throws IllegalArgumentException if there are no items, or a share lies outside `[0, 1]`
  public Score {
    if (items < 1 || (protocol.metric().share() && !(value >= 0 && value <= 1))) {
      throw new IllegalArgumentException(
          "%s %s of %d items".formatted(protocol.metric().label(), value, items));
    }
  }

  /// {@return what was measured}
  public Metric metric() {
    return protocol.metric();
  }

  /// {@return number of items that were right}
  ///
  /// @throws IllegalStateException if the metric is not a {@link Metric#share}
  public int right() {
    if (!metric().share()) {
      throw new IllegalStateException(metric().label() + " counts no right items");
    }
    return (int) Math.round(value * items);
  }

  /// {@return share of exact answers, in `[0, 1]`}
  ///
  /// @throws IllegalStateException if the metric is another one
  public double exactMatch() {
    if (metric() != Metric.EXACT_MATCH) {
      throw new IllegalStateException("measured was " + metric().label());
    }
    return value;
  }
}
