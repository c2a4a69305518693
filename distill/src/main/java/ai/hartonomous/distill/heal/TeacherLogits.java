package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/// The source's logits at every answer token of the calibration items, computed once. They are kept
/// in memory as half-precision numbers (relative error at most 2⁻¹¹, that is 0.01 for a logit of
/// 20), `2 V` bytes for each answer token, up to {@link #MAX_BYTES}; examples beyond it are not
/// used.
public final class TeacherLogits {
  /// Most bytes kept.
  public static final long MAX_BYTES = 512L << 20;

  private static final int MAX_ROWS = 2048;

  private final List<Example> examples;
  private final short[][] logits;
  private final int outputs;

  private TeacherLogits(List<Example> examples, int outputs) {
    this.examples = examples;
    this.outputs = outputs;
    this.logits = new short[examples.size()][];
  }

  /// Runs the source once over the examples.
  ///
  /// @param source the model to learn from
  /// @param all calibration items; the leading ones that fit into {@link #MAX_BYTES} are used
  /// @return its logits
  /// @throws InterruptedException if the thread was interrupted between two batches
  public static TeacherLogits of(Transformer source, List<Example> all)
      throws InterruptedException {
    int outputs = source.config().extents().outputs();
    var teacher = new TeacherLogits(fitting(all, outputs), outputs);
    Trace trace = source.trace(Trace.Keep.INFERENCE);
    boolean causal = source.config().block().causal();
    for (ExampleBatch batch : ExampleBatch.pack(teacher.examples, MAX_ROWS, causal)) {
      if (Thread.interrupted()) {
        throw new InterruptedException("computing the source's logits");
      }
      teacher.store(batch, source.forward(batch.tokens(), trace, Hooks.NONE));
    }
    return teacher;
  }

  private static List<Example> fitting(List<Example> all, int outputs) {
    List<Example> some = new ArrayList<>();
    long bytes = 0;
    for (Example example : all) {
      bytes += 2L * outputs * example.answerTokens();
      if (bytes > MAX_BYTES) {
        break;
      }
      some.add(example);
    }
    return List.copyOf(some);
  }

  private void store(ExampleBatch batch, Matrix all) {
    int[] counts = batch.answerTokens();
    for (int s = 0; s < counts.length; s++) {
      short[] kept = new short[counts[s] * outputs];
      int to = 0;
      for (int r = batch.firstRow(s); r < batch.firstRow(s) + batch.lengths()[s]; r++) {
        int at = all.rowOffset(r);
        for (int v = 0; v < outputs && batch.targets()[r] >= 0; v++) {
          kept[to++] = Float.floatToFloat16(all.data()[at + v]);
        }
      }
      logits[batch.examples()[s]] = kept;
    }
  }

  /// {@return the examples whose logits are kept, in their order}
  public List<Example> examples() {
    return examples;
  }

  /// {@return numbers predicted for each token, `V`}
  int outputs() {
    return outputs;
  }

  /// Writes the logits of one example's answer tokens.
  ///
  /// @param example its number
  /// @param out receives `[answerTokens, V]`
  /// @param offset place of the first number
  /// @return place after the last number
  int read(int example, float[] out, int offset) {
    int to = offset;
    for (short half : logits[example]) {
      out[to++] = Float.float16ToFloat(half);
    }
    return to;
  }
}
