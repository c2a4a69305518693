package ai.hartonomous.distill.compose;

/// How many of some items were right.
///
/// @param items number of items, at least 1
/// @param right number of right ones
public record Count(int items, int right) {

  /// Checks the counts.
  ///
  /// @throws IllegalArgumentException if `right` is not between 0 and `items`, or there are no
  ///   items
  public Count {
    if (items < 1 || right < 0 || right > items) {
      throw new IllegalArgumentException("%d right of %d items".formatted(right, items));
    }
  }

  static Count of(boolean[] right) {
    int count = 0;
    for (boolean one : right) {
      count += one ? 1 : 0;
    }
    return new Count(right.length, count);
  }

  /// {@return share of right items, in `[0, 1]`}
  public double share() {
    return (double) right / items;
  }

  /// {@return standard error of {@link #share} for items drawn independently, `√(p (1 - p) / (n -
  /// 1))`; 0 where all or none are right, or there is one item: the sample shows no spread}
  public double standardError() {
    return items < 2 ? 0 : Math.sqrt(share() * (1 - share()) / (items - 1));
  }
}
