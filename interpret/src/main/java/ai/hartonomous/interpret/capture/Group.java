package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.transformer.Batch;
import java.util.Arrays;
import java.util.List;

/// Sequences that pass through the model together. They always stand in the same group, so that a
/// pass gives the same bits wherever reading began.
///
/// @param batch ids `[B, T]`; shorter sequences are filled up on the right
/// @param lengths length of each sequence, `[B]`
/// @param rows rows of `batch` whose tokens count, rising
/// @param targets for each row of `batch` the id that follows it, or -1 where none follows or it
///   does not count, `[B T]`
public record Group(Batch batch, int[] lengths, int[] rows, int[] targets) {

  /// Lays sequences side by side.
  static Group of(List<int[]> sequences, Packing packing) {
    int length = sequences.stream().mapToInt(ids -> ids.length).max().orElse(0);
    int[] ids = new int[sequences.size() * length];
    int[] rows = new int[ids.length];
    int[] targets = new int[ids.length];
    int[] lengths = new int[sequences.size()];
    Arrays.fill(targets, -1);
    int counted = 0;
    for (int s = 0; s < lengths.length; s++) {
      int[] sequence = sequences.get(s);
      lengths[s] = sequence.length;
      System.arraycopy(sequence, 0, ids, s * length, sequence.length);
      for (int t = 0; t < sequence.length; t++) {
        if (packing.counts(sequence[t], t)) {
          rows[counted++] = s * length + t;
        }
        if (t > 0 && packing.counts(sequence[t], t)) {
          targets[s * length + t - 1] = sequence[t];
        }
      }
    }
    return new Group(
        new Batch(ids, lengths.length, length), lengths, Arrays.copyOf(rows, counted), targets);
  }

  /// {@return the sequence of a row}
  ///
  /// @param row row of the batch
  public int sequence(int row) {
    return row / batch.length();
  }
}
