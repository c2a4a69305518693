package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.ExampleBatch;
import ai.hartonomous.distill.work.StageInput;
import ai.hartonomous.distill.work.StageOutput;
import ai.hartonomous.distill.work.WorkFolder;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The source's logits at every answer token of the calibration items, computed once. They are kept
/// as half-precision numbers (relative error at most 2⁻¹¹, that is 0.01 for a logit of 20), `2 V`
/// bytes for each answer token, up to {@link #MAX_BYTES}; examples beyond it are not used. They lie
/// in memory, or in a file of a work folder that is mapped.
public final class TeacherLogits {
  /// Most bytes kept.
  public static final long MAX_BYTES = 512L << 20;

  private static final int MAX_ROWS = 2048;

  private final List<Example> examples;
  private final int outputs;
  private final MemorySegment logits;
  private final long[] begins;

  private TeacherLogits(Layout layout, MemorySegment logits) {
    this.examples = layout.examples;
    this.outputs = layout.outputs;
    this.begins = layout.begins;
    this.logits = logits;
  }

  /// Runs the source once over the examples and keeps its logits in memory.
  ///
  /// @param source the model to learn from
  /// @param all calibration items; the leading ones that fit into {@link #MAX_BYTES} are used
  /// @return its logits
  /// @throws InterruptedException if the thread was interrupted between two batches
  public static TeacherLogits of(Transformer source, List<Example> all)
      throws InterruptedException {
    var layout = new Layout(source, all);
    MemorySegment memory = MemorySegment.ofArray(new short[Math.toIntExact(layout.count)]);
    int to = 0;
    Trace trace = source.trace(Trace.Keep.INFERENCE);
    for (ExampleBatch batch : layout.batches) {
      for (short half : layout.block(source, trace, batch)) {
        memory.setAtIndex(StageInput.HALF, to++, half);
      }
    }
    return new TeacherLogits(layout, memory);
  }

  /// Runs the source once over the examples and keeps its logits in a file, unless they are there.
  ///
  /// @param source the model to learn from
  /// @param all calibration items; the leading ones that fit into {@link #MAX_BYTES} are used
  /// @param work keeps the file; the result is of use until it is closed
  /// @param inputs says what source and items are
  /// @return its logits
  /// @throws IOException if the disk refuses
  /// @throws InterruptedException if the thread was interrupted between two batches
  public static TeacherLogits kept(
      Transformer source, List<Example> all, WorkFolder work, String inputs)
      throws IOException, InterruptedException {
    var layout = new Layout(source, all);
    var file = new LogitsFile(source, layout);
    return new TeacherLogits(layout, file.open(work, inputs));
  }

  /// Writes the logits batch by batch, and maps them.
  private record LogitsFile(Transformer source, Layout layout) {
    private static final String STAGE = "teacher";

    MemorySegment open(WorkFolder work, String inputs) throws IOException, InterruptedException {
      WorkFolder.Reader<MemorySegment> reader = StageInput::halves;
      var kept = work.read(STAGE, inputs, reader);
      if (kept.isPresent()) {
        return kept.get();
      }
      work.write(STAGE, inputs, this::write);
      return work.read(STAGE, inputs, reader).orElseThrow();
    }

    private void write(StageOutput out) throws IOException, InterruptedException {
      out.halves(layout.count);
      Trace trace = source.trace(Trace.Keep.INFERENCE);
      for (ExampleBatch batch : layout.batches) {
        out.append(layout.block(source, trace, batch));
      }
    }
  }

  /// Which logits lie where: batch by batch, in each sequence by sequence.
  private static final class Layout {
    private final List<Example> examples;
    private final int outputs;
    private final List<ExampleBatch> batches;
    private final long[] begins;
    private final long count;

    Layout(Transformer source, List<Example> all) {
      outputs = source.config().extents().outputs();
      examples = fitting(all, outputs);
      batches = ExampleBatch.pack(examples, MAX_ROWS, source.config().block().causal());
      begins = new long[examples.size()];
      long at = 0;
      for (ExampleBatch batch : batches) {
        for (int example : batch.examples()) {
          begins[example] = at;
          at += (long) examples.get(example).answerTokens() * outputs;
        }
      }
      count = at;
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

    /// {@return the logits of one batch's answer tokens}
    short[] block(Transformer source, Trace trace, ExampleBatch batch) throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException("computing the source's logits");
      }
      Matrix all = source.forward(batch.tokens(), trace, Hooks.NONE);
      int rows = 0;
      for (int count : batch.answerTokens()) {
        rows += count;
      }
      short[] kept = new short[rows * outputs];
      int to = 0;
      for (int r = 0; r < all.rows(); r++) {
        int at = all.rowOffset(r);
        for (int v = 0; v < outputs && batch.targets()[r] >= 0; v++) {
          kept[to++] = Float.floatToFloat16(all.data()[at + v]);
        }
      }
      return kept;
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
    int count = examples.get(example).answerTokens() * outputs;
    long begin = begins[example];
    for (int i = 0; i < count; i++) {
      out[offset + i] = Float.float16ToFloat(logits.getAtIndex(StageInput.HALF, begin + i));
    }
    return offset + count;
  }
}
