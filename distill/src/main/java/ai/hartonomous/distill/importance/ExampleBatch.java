package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Examples side by side, filled up on the right to equal length. Filling asks for no token, so it
/// has no loss and, in a causal model, no influence.
///
/// @param tokens ids `[B, T]`
/// @param targets right next token of each position, -1 where none is asked for, `[B T]`
/// @param examples number of each sequence's example in the list it came from, `[B]`
/// @param lengths tokens of each sequence without filling, `[B]`
public record ExampleBatch(Batch tokens, int[] targets, int[] examples, int[] lengths) {

  /// {@return the named examples of `all` as one batch}
  ///
  /// @param all examples to choose from
  /// @param chosen numbers of those wanted; at least one
  public static ExampleBatch of(List<Example> all, int... chosen) {
    int length = Arrays.stream(chosen).map(i -> all.get(i).length()).max().orElseThrow();
    int[] ids = new int[chosen.length * length];
    int[] targets = new int[ids.length];
    int[] lengths = new int[chosen.length];
    Arrays.fill(targets, -1);
    for (int s = 0; s < chosen.length; s++) {
      Example example = all.get(chosen[s]);
      lengths[s] = example.length();
      System.arraycopy(example.ids(), 0, ids, s * length, lengths[s]);
      System.arraycopy(example.targets(), 0, targets, s * length, lengths[s]);
    }
    return new ExampleBatch(
        new Batch(ids, chosen.length, length), targets, chosen.clone(), lengths);
  }

  /// Cuts a list of examples into batches of similar length.
  ///
  /// @param all the examples; each lands in exactly one batch
  /// @param maxRows most positions of a batch, filling included; a longer example stands alone
  /// @param causal whether the model is causal; else only examples of equal length share a batch
  /// @return the batches, shortest examples first
  public static List<ExampleBatch> pack(List<Example> all, int maxRows, boolean causal) {
    int[] order =
        IntStream.range(0, all.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> all.get(i).length()))
            .mapToInt(Integer::intValue)
            .toArray();
    List<ExampleBatch> batches = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= order.length; to++) {
      if (to == order.length || breaks(all, order, from, to, maxRows, causal)) {
        batches.add(of(all, Arrays.copyOfRange(order, from, to)));
        from = to;
      }
    }
    return List.copyOf(batches);
  }

  private static boolean breaks(
      List<Example> all, int[] order, int from, int next, int maxRows, boolean causal) {
    int length = all.get(order[next]).length();
    boolean full = (long) (next - from + 1) * length > maxRows;
    return full || (!causal && length != all.get(order[from]).length());
  }

  /// {@return number of answer tokens of each sequence, `[B]`}
  public int[] answerTokens() {
    int[] counts = new int[tokens.sequences()];
    for (int r = 0; r < targets.length; r++) {
      counts[r / tokens.length()] += targets[r] >= 0 ? 1 : 0;
    }
    return counts;
  }

  /// {@return the row of the first token of a sequence}
  ///
  /// @param sequence number of the sequence
  public int firstRow(int sequence) {
    return sequence * tokens.length();
  }

  /// Gradient of the sum over sequences of the mean cross-entropy of their answer tokens.
  ///
  /// @param kernels computes it
  /// @param logits `[B T, V]`; overwritten with the gradient
  void lossGradient(Kernels kernels, Matrix logits) {
    kernels.crossEntropyBackward(logits, targets, 1, logits);
    int[] counts = answerTokens();
    for (int r = 0; r < logits.rows(); r++) {
      float scale = 1f / counts[r / tokens.length()];
      int at = logits.rowOffset(r);
      for (int v = 0; v < logits.cols() && targets[r] >= 0; v++) {
        logits.data()[at + v] *= scale;
      }
    }
  }
}
