package ai.hartonomous.interpret.transcoder;

import java.util.Arrays;

/// Active latents of some rows (tokens), as compressed sparse rows: the entries of row `r` stand at
/// {@link #start}`(r)` (inclusive) to {@link #start}`(r + 1)` (exclusive), by rising latent.
/// Buffers grow and are used again, so an instance holds one result at a time.
public final class Latents {
  private int[] starts = new int[1];
  private int[] latents = {};
  private float[] values = {};
  private int rows;
  private int pending;

  /// Makes one without rows.
  public Latents() {}

  /// Empties it.
  public void clear() {
    rows = 0;
    pending = 0;
  }

  /// Adds one active latent to the row that is being filled.
  ///
  /// @param latent its number, above that of the entry before it in this row
  /// @param value its activation, not 0
  public void add(int latent, float value) {
    int size = starts[rows] + pending;
    if (size == values.length) {
      int capacity = Math.max(256, size + (size >> 1));
      latents = Arrays.copyOf(latents, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    latents[size] = latent;
    values[size] = value;
    pending++;
  }

  /// Ends the row that is being filled.
  public void endRow() {
    if (rows + 2 > starts.length) {
      starts = Arrays.copyOf(starts, Math.max(64, 2 * starts.length));
    }
    starts[rows + 1] = starts[rows] + pending;
    rows++;
    pending = 0;
  }

  /// {@return number of rows}
  public int rows() {
    return rows;
  }

  /// {@return number of active latents of all rows}
  public int size() {
    return starts[rows];
  }

  /// {@return place of the first entry of a row}
  ///
  /// @param row row, or the number of rows for the place after the last entry
  public int start(int row) {
    return starts[row];
  }

  /// {@return the latent of an entry}
  ///
  /// @param entry place of the entry
  public int latent(int entry) {
    return latents[entry];
  }

  /// {@return the activation of an entry}
  ///
  /// @param entry place of the entry
  public float value(int entry) {
    return values[entry];
  }

  /// {@return the activation of one latent in one row, 0 where it is not active}
  ///
  /// @param row row
  /// @param latent its number
  public float value(int row, int latent) {
    int found = Arrays.binarySearch(latents, starts[row], starts[row + 1], latent);
    return found < 0 ? 0 : values[found];
  }
}
