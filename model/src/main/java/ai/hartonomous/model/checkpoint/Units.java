package ai.hartonomous.model.checkpoint;

import org.jspecify.annotations.Nullable;

/// Where the rows (or columns) of a matrix of the model stand in its tensor in a file. They move in
/// units: single rows, or heads of `width` rows. Units of the file that no unit of the model stands
/// in are padding, and zero.
///
/// @param at file unit of each model unit, `[count]`, all different; null where unit `i` stands at
///   `i`
/// @param count units in the model
/// @param stored units in the file, at least `count`
/// @param width rows of each unit
record Units(int @Nullable [] at, int count, int stored, int width) {

  /// {@return `count` single rows, all stored in order}
  static Units all(int count) {
    return new Units(null, count, count, 1);
  }

  /// {@return the first `count` of `stored` single rows}
  static Units first(int count, int stored) {
    return new Units(null, count, stored, 1);
  }

  /// {@return every unit at `factor * place + offset` among `stored * factor + rest` ones}
  Units spread(int factor, int offset, int newStored) {
    int[] moved = new int[count];
    for (int i = 0; i < count; i++) {
      moved[i] = factor * place(i) + offset;
    }
    return new Units(moved, count, newStored, width);
  }

  /// {@return the same units with the rows of each in another order}
  ///
  /// Half-split rotary layout (row `i` turns with row `i + width/2`) in the model, interleaved
  /// layout (row `2i` with `2i + 1`) in the file.
  Units interleaved() {
    int half = width / 2;
    int[] moved = new int[size()];
    for (int i = 0; i < moved.length; i++) {
      int row = i % width;
      moved[i] = place(i / width) * width + 2 * (row % half) + row / half;
    }
    return new Units(moved, moved.length, stored * width, 1);
  }

  /// {@return rows in the model}
  int size() {
    return count * width;
  }

  /// {@return rows in the file}
  long storedSize() {
    return (long) stored * width;
  }

  /// {@return file row of a model row}
  int storedRow(int row) {
    return at == null ? row : at[row / width] * width + row % width;
  }

  /// {@return whether every row stands in the file as in the model}
  boolean isIdentity() {
    if (count != stored) {
      return false;
    }
    for (int i = 0; at != null && i < count; i++) {
      if (at[i] != i) {
        return false;
      }
    }
    return true;
  }

  private int place(int unit) {
    return at == null ? unit : at[unit];
  }
}
