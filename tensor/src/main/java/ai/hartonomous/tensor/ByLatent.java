package ai.hartonomous.tensor;

import ai.hartonomous.tensor.CoderKernels.Part;
import java.util.Arrays;

/// The entries of a part in the order of their latents, and of rows for each latent: a counting
/// sort. Entries of latent `i` stand at `starts[i]` (inclusive) to `starts[i + 1]` (exclusive).
/// Buffers are used again.
final class ByLatent {
  int[] starts = {};
  int[] rows = {};
  float[] values = {};
  float[] dValues = {};

  void sort(Part part, int latents) {
    SparseRows active = part.active();
    int[] columns = active.columns();
    int size = active.size();
    reserve(latents, size);
    for (int e = 0; e < size; e++) {
      starts[columns[e] + 1]++;
    }
    for (int i = 0; i < latents; i++) {
      starts[i + 1] += starts[i];
    }
    // Filling moves each start to the start after it; one step back restores them.
    for (int r = 0; r < active.rows(); r++) {
      for (int e = active.starts()[r]; e < active.starts()[r + 1]; e++) {
        int to = starts[columns[e]]++;
        rows[to] = r;
        values[to] = active.values()[e];
        dValues[to] = part.dValues()[e];
      }
    }
    System.arraycopy(starts, 0, starts, 1, latents);
    starts[0] = 0;
  }

  private void reserve(int latents, int size) {
    if (starts.length < latents + 1) {
      starts = new int[latents + 1];
    }
    Arrays.fill(starts, 0);
    if (rows.length < size) {
      int capacity = size + (size >> 2);
      rows = new int[capacity];
      values = new float[capacity];
      dValues = new float[capacity];
    }
  }

  int count(int latent) {
    return starts[latent + 1] - starts[latent];
  }
}
