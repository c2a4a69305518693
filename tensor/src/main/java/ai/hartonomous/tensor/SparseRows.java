package ai.hartonomous.tensor;

import java.util.Arrays;

/// Rows of which few numbers are not 0, as compressed sparse rows: the entries of row `r` stand at
/// `starts()[r]` (inclusive) to `starts()[r + 1]` (exclusive), by rising column. The arrays grow
/// and are used again, so an instance holds one result at a time; they are valid until it changes.
public final class SparseRows {
  private int[] starts = new int[1];
  private int[] columns = {};
  private float[] values = {};
  private int rows;
  private int size;

  /// Makes one without rows.
  public SparseRows() {}

  /// Empties it.
  public void clear() {
    rows = 0;
    size = 0;
  }

  /// Adds one entry to the row that is being filled.
  ///
  /// @param column its column, above that of the entry before it in this row
  /// @param value its number
  public void add(int column, float value) {
    if (size == values.length) {
      int capacity = Math.max(256, size + (size >> 1));
      columns = Arrays.copyOf(columns, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    columns[size] = column;
    values[size] = value;
    size++;
  }

  /// Ends the row that is being filled.
  public void endRow() {
    if (rows + 2 > starts.length) {
      starts = Arrays.copyOf(starts, Math.max(64, 2 * starts.length));
    }
    rows++;
    starts[rows] = size;
  }

  /// {@return number of rows}
  public int rows() {
    return rows;
  }

  /// {@return number of entries of all rows}
  public int size() {
    return size;
  }

  /// {@return place of the first entry of each row, and the number of entries after the last row}
  public int[] starts() {
    return starts;
  }

  /// {@return column of each entry}
  public int[] columns() {
    return columns;
  }

  /// {@return number of each entry}
  public float[] values() {
    return values;
  }
}
