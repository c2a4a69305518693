package ai.hartonomous.model.transformer;

import java.util.Arrays;

/// Keys and values of the tokens of one sequence that a model has already read, so that the next
/// token costs one row of work. Memory: `2 * 4 * capacity * Σ_layers G K` bytes when full; it grows
/// by doubling up to the capacity.
public final class KvCache {
  private final int capacity;
  private final int[] widths;
  private final float[][] keys;
  private final float[][] values;
  private int length;

  /// Starts empty.
  ///
  /// @param config the model whose keys and values are kept
  /// @param capacity most tokens, from 1 to the model's positions
  public KvCache(ModelConfig config, int capacity) {
    if (capacity < 1 || capacity > config.extents().positions()) {
      throw new IllegalArgumentException(
          "capacity %d outside 1..%d".formatted(capacity, config.extents().positions()));
    }
    this.capacity = capacity;
    int layers = config.layers().size();
    widths = new int[layers];
    keys = new float[layers][];
    values = new float[layers][];
    for (int l = 0; l < layers; l++) {
      widths[l] = config.layers().get(l).keyHeads() * config.extents().headWidth();
      keys[l] = new float[0];
      values[l] = new float[0];
    }
  }

  /// {@return bytes of keys and values of `tokens` tokens}
  ///
  /// @param config the model whose keys and values are kept
  /// @param tokens number of tokens
  public static long bytes(ModelConfig config, int tokens) {
    long keyHeads = config.layers().stream().mapToLong(layer -> layer.keyHeads()).sum();
    return 2L * Float.BYTES * keyHeads * config.extents().headWidth() * tokens;
  }

  /// {@return a cache of its own that has read the same first tokens}
  ///
  /// @param config the model of both
  /// @param tokens how many of them, at most {@link #length()}
  /// @param newCapacity most tokens of the copy, at least `tokens`
  public KvCache prefix(ModelConfig config, int tokens, int newCapacity) {
    if (tokens < 0 || tokens > length || tokens > newCapacity) {
      throw new IllegalArgumentException(
          "cannot copy %d of %d tokens into a cache of %d".formatted(tokens, length, newCapacity));
    }
    var copy = new KvCache(config, newCapacity);
    copy.reserve(tokens);
    for (int l = 0; l < keys.length; l++) {
      System.arraycopy(keys[l], 0, copy.keys[l], 0, tokens * widths[l]);
      System.arraycopy(values[l], 0, copy.values[l], 0, tokens * widths[l]);
    }
    copy.length = tokens;
    return copy;
  }

  /// {@return number of tokens read so far}
  public int length() {
    return length;
  }

  /// {@return most tokens that fit}
  public int capacity() {
    return capacity;
  }

  /// Forgets all tokens from position `newLength` on.
  ///
  /// @param newLength tokens to keep, at most {@link #length()}
  public void truncate(int newLength) {
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(
          "cannot keep %d of %d tokens".formatted(newLength, length));
    }
    length = newLength;
  }

  /// Makes room for `count` more tokens.
  void reserve(int count) {
    int needed = length + count;
    if (needed > capacity) {
      throw new IllegalArgumentException(
          "%d tokens do not fit into a cache of %d".formatted(needed, capacity));
    }
    for (int l = 0; l < keys.length; l++) {
      int size = needed * widths[l];
      if (keys[l].length < size) {
        int tokens = (int) Math.min(capacity, Math.max(64L, 2L * needed));
        keys[l] = Arrays.copyOf(keys[l], tokens * widths[l]);
        values[l] = Arrays.copyOf(values[l], tokens * widths[l]);
      }
    }
  }

  /// Copies the rows of new tokens behind the old ones; {@link #advance} makes them count.
  void append(int layer, float[] key, float[] value, int fromRow, int rows) {
    int width = widths[layer];
    System.arraycopy(key, fromRow * width, keys[layer], length * width, rows * width);
    System.arraycopy(value, fromRow * width, values[layer], length * width, rows * width);
  }

  void advance(int count) {
    length += count;
  }

  float[] keys(int layer) {
    return keys[layer];
  }

  float[] values(int layer) {
    return values[layer];
  }
}
