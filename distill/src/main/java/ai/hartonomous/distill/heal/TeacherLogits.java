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
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// The source's logits at every answer token of the calibration items, computed once. They are kept
/// as half-precision numbers (relative error at most 2⁻¹¹, that is 0.01 for a logit of 20), `2 V`
/// bytes for each answer token, or those of its `K` best tokens with their ids, `6 K` bytes, up to
/// {@link #MAX_BYTES}; examples beyond it are not used. They lie in memory, or in a file of a work
/// folder that is mapped.
public final class TeacherLogits {
  /// Most bytes kept.
  public static final long MAX_BYTES = 512L << 20;

  /// Keeps the logits of all tokens.
  public static final int ALL = 0;

  private static final int MAX_ROWS = 2048;

  private final Layout layout;
  private final MemorySegment logits;

  private TeacherLogits(Layout layout, MemorySegment logits) {
    this.layout = layout;
    this.logits = logits;
  }

  /// Runs the source once over the examples and keeps the logits of all tokens in memory.
  ///
  /// @param source the model to learn from
  /// @param all calibration items; the leading ones that fit into {@link #MAX_BYTES} are used
  /// @return its logits
  /// @throws InterruptedException if the thread was interrupted between two batches
  public static TeacherLogits of(Transformer source, List<Example> all)
      throws InterruptedException {
    return of(source, all, ALL);
  }

  /// Runs the source once over the examples and keeps its logits in memory.
  ///
  /// @param source the model to learn from
  /// @param all calibration items; the leading ones that fit into {@link #MAX_BYTES} are used
  /// @param best how many of the likeliest tokens to keep at each place, or {@link #ALL}
  /// @return its logits
  /// @throws InterruptedException if the thread was interrupted between two batches
  public static TeacherLogits of(Transformer source, List<Example> all, int best)
      throws InterruptedException {
    var layout = new Layout(source, all, best);
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
  /// @param best how many of the likeliest tokens to keep at each place, or {@link #ALL}
  /// @param work keeps the file; the result is of use until it is closed
  /// @param inputs says what source and items are
  /// @return its logits
  /// @throws IOException if the disk refuses
  /// @throws InterruptedException if the thread was interrupted between two batches
  public static TeacherLogits kept(
      Transformer source, List<Example> all, int best, WorkFolder work, String inputs)
      throws IOException, InterruptedException {
    var layout = new Layout(source, all, best);
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
    private final int best;
    private final int numbers;
    private final List<ExampleBatch> batches;
    private final long[] begins;
    private final long count;

    Layout(Transformer source, List<Example> all, int best) {
      outputs = source.config().extents().outputs();
      this.best = best == ALL ? ALL : Math.min(best, outputs);
      numbers = best == ALL ? outputs : 3 * this.best; // an id takes the place of two logits
      examples = fitting(all, numbers);
      batches = ExampleBatch.pack(examples, MAX_ROWS, source.config().block().causal());
      begins = new long[examples.size()];
      long at = 0;
      for (ExampleBatch batch : batches) {
        for (int example : batch.examples()) {
          begins[example] = at;
          at += (long) examples.get(example).answerTokens() * numbers;
        }
      }
      count = at;
    }

    private static List<Example> fitting(List<Example> all, int numbers) {
      List<Example> some = new ArrayList<>();
      long bytes = 0;
      for (Example example : all) {
        bytes += 2L * numbers * example.answerTokens();
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
      short[] kept = new short[rows * numbers];
      int to = 0;
      for (int r = 0; r < all.rows(); r++) {
        if (batch.targets()[r] >= 0) {
          to = best == ALL ? put(all, r, kept, to) : putBest(all, r, kept, to);
        }
      }
      return kept;
    }

    private int put(Matrix all, int row, short[] kept, int to) {
      int at = all.rowOffset(row);
      for (int v = 0; v < outputs; v++) {
        kept[to + v] = Float.floatToFloat16(all.data()[at + v]);
      }
      return to + outputs;
    }

    private int putBest(Matrix all, int row, short[] kept, int to) {
      int at = all.rowOffset(row);
      int[] ids =
          IntStream.range(0, outputs)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer v) -> -all.data()[at + v]))
              .limit(best)
              .mapToInt(Integer::intValue)
              .toArray();
      for (int k = 0; k < best; k++) {
        kept[to + k] = Float.floatToFloat16(all.data()[at + ids[k]]);
        kept[to + best + 2 * k] = (short) ids[k];
        kept[to + best + 2 * k + 1] = (short) (ids[k] >>> Short.SIZE);
      }
      return to + numbers;
    }
  }

  /// {@return the examples whose logits are kept, in their order}
  public List<Example> examples() {
    return layout.examples;
  }

  /// {@return logits kept for each token}
  int width() {
    return layout.best == ALL ? layout.outputs : layout.best;
  }

  /// Reads the logits of one example's answer tokens. `N` is {@link #width}.
  ///
  /// @param example its number
  /// @param out receives the logits, `[rows, N]`
  /// @param tokens receives the tokens they belong to, `[rows, N]`
  /// @param row where in both to begin
  /// @return the row after the last one
  int read(int example, float[] out, int[] tokens, int row) {
    int width = width();
    int rows = layout.examples.get(example).answerTokens();
    for (int r = 0; r < rows; r++) {
      long from = layout.begins[example] + (long) r * layout.numbers;
      int to = (row + r) * width;
      for (int k = 0; k < width; k++) {
        out[to + k] = Float.float16ToFloat(half(from + k));
        tokens[to + k] = layout.best == ALL ? k : id(from + width + 2L * k);
      }
    }
    return row + rows;
  }

  private int id(long at) {
    return Short.toUnsignedInt(half(at)) | half(at + 1) << Short.SIZE;
  }

  private short half(long at) {
    return logits.getAtIndex(StageInput.HALF, at);
  }
}
