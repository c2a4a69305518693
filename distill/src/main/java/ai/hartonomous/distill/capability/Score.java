package ai.hartonomous.distill.capability;

/// How many answers to the items of one capability were right.
///
/// @param capability what was measured
/// @param items number of items, at least one
/// @param right number of items answered exactly
public record Score(String capability, int items, int right) {

  /// Checks the counts.
  ///
  /// @throws IllegalArgumentException if `right` is not between 0 and `items`, or there are no
  ///   items
  public Score {
    if (items < 1 || right < 0 || right > items) {
      throw new IllegalArgumentException("%d right of %d items".formatted(right, items));
    }
  }

  /// {@return share of exact answers, in `[0, 1]`}
  public double exactMatch() {
    return (double) right / items;
  }

  /// {@return standard error of {@link #exactMatch} for independent items, `√(p (1 - p) / n)`; it
  /// is 0 at both ends, where the sample shows no spread}
  public double standardError() {
    return Math.sqrt(exactMatch() * (1 - exactMatch()) / items);
  }
}
