package ai.hartonomous.interpret.feature;

import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.Group;
import ai.hartonomous.interpret.capture.Groups;
import ai.hartonomous.interpret.feature.Gathered.Reservoir;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/// Reads a text once and keeps for every feature of some coders what a page about it shows.
///
/// Each sequence falls into one of two halves by a hash of seed and number, before anything is
/// drawn: examples and labels come from the one, scores from the other, so they share nothing.
/// Source of the split: what Delphi's samplers lack.
///
/// Memory, whatever the length of the text, for `C` coders of `F` features and windows of `w`
/// tokens: `C F (top + 2 sample) (8 w + 80)` bytes, `2 C inactive (8 w + 4 L0 + 80)` bytes, and one
/// pass of the model.
public final class FeatureScan {
  private final Transformer transformer;
  private final List<SparseCoder> coders;
  private final ScanSettings settings;
  private final List<Coder> gathered = new ArrayList<>();
  private final SplittableRandom random;
  private final Latents latents = new Latents();
  private long tokens;
  private long sequences;

  /// A random token and what is active on it.
  ///
  /// @param example the token; its activations are all 0, as it serves many features
  /// @param active latents that are active on it, rising
  record Quiet(Example example, int[] active) {
    boolean isActive(int feature) {
      return Arrays.binarySearch(active, feature) >= 0;
    }
  }

  /// What is kept for one coder.
  ///
  /// @param features by their number
  /// @param shown random tokens of the half that is shown
  /// @param heldOut random tokens of the other half
  record Coder(List<Gathered> features, Reservoir<Quiet> shown, Reservoir<Quiet> heldOut) {}

  private record Sequence(int[] ids, boolean[] counts, long number) {}

  private record Row(Sequence sequence, int position, boolean heldOut) {}

  /// Prepares a scan.
  ///
  /// @param transformer the model; used by this until the end
  /// @param coders the coders, each reading what the model has one row per token of
  /// @param settings how features are gathered
  public FeatureScan(Transformer transformer, List<SparseCoder> coders, ScanSettings settings) {
    this.transformer = transformer;
    this.coders = List.copyOf(coders);
    this.settings = settings;
    random = new SplittableRandom(settings.seed());
    for (SparseCoder coder : coders) {
      List<Gathered> features = new ArrayList<>();
      for (int f = 0; f < coder.weights().latents(); f++) {
        features.add(new Gathered(settings));
      }
      gathered.add(
          new Coder(
              features,
              new Reservoir<>(settings.inactive()),
              new Reservoir<>(settings.inactive())));
    }
  }

  /// Reads a text to its end.
  ///
  /// @param text documents, how they become sequences, and which tokens count
  /// @param progress told the number of tokens that counted so far, after every pass
  /// @throws IOException if the text cannot be read, or the thread is interrupted
  public void read(CorpusText text, LongConsumer progress) throws IOException {
    try (var groups =
        new Groups(text.corpus(), text.packing(), transformer.config(), settings.tokensPerPass())) {
      for (var group = groups.next(); group.isPresent(); group = groups.next()) {
        pass(group.get());
        progress.accept(tokens);
      }
    }
  }

  /// {@return tokens that counted}
  public long tokens() {
    return tokens;
  }

  /// {@return sequences read}
  public long sequences() {
    return sequences;
  }

  Coder gathered(int coder) {
    return gathered.get(coder);
  }

  /// {@return whether a sequence is in the half that only scores see}
  static boolean isHeldOut(long seed, long sequence) {
    return (new SplittableRandom(seed ^ (0x9E3779B97F4A7C15L * (sequence + 1))).nextLong() & 1)
        == 1;
  }

  private void pass(Group group) {
    Map<HookPoint, Matrix> read = new HashMap<>();
    for (SparseCoder coder : coders) {
      read.put(coder.reads(), Matrix.zeros(0, 0));
    }
    transformer.forward(
        group.batch(),
        transformer.trace(Trace.Keep.INFERENCE),
        (point, values) -> read.computeIfPresent(point, (_, _) -> copy(values)));
    boolean[] counts = new boolean[group.batch().rows()];
    for (int row : group.rows()) {
      counts[row] = true;
    }
    tokens += group.rows().length;
    int length = group.batch().length();
    for (int s = 0; s < group.lengths().length; s++) {
      int from = s * length;
      int to = from + group.lengths()[s];
      var sequence =
          new Sequence(
              Arrays.copyOfRange(group.batch().ids(), from, to),
              Arrays.copyOfRange(counts, from, to),
              sequences);
      for (int c = 0; c < coders.size(); c++) {
        Matrix values = values(read, coders.get(c).reads());
        coders.get(c).encode(values.rows(from, to), transformer.kernels(), latents);
        collect(gathered.get(c), sequence);
      }
      sequences++;
    }
  }

  private static Matrix values(Map<HookPoint, Matrix> read, HookPoint point) {
    Matrix values = read.get(point);
    if (values == null || values.rows() == 0) {
      throw new IllegalArgumentException("the model has no " + point.path());
    }
    return values;
  }

  private static Matrix copy(Matrix values) {
    Matrix copy = Matrix.zeros(values.rows(), values.cols());
    for (int r = 0; r < values.rows(); r++) {
      values.readRow(r, copy.data(), copy.rowOffset(r));
    }
    return copy;
  }

  private void collect(Coder coder, Sequence sequence) {
    boolean heldOut = isHeldOut(settings.seed(), sequence.number);
    for (int t = 0; t < sequence.ids.length; t++) {
      if (!sequence.counts[t]) {
        continue;
      }
      var row = new Row(sequence, t, heldOut);
      Reservoir<Quiet> quiet = heldOut ? coder.heldOut : coder.shown;
      int place = quiet.place(random);
      if (place >= 0) {
        quiet.put(place, new Quiet(example(row, -1), active(t)));
      }
      for (int e = latents.start(t); e < latents.start(t + 1); e++) {
        collect(coder.features.get(latents.latent(e)), latents.latent(e), latents.value(e), row);
      }
    }
  }

  private void collect(Gathered feature, int latent, float value, Row row) {
    feature.count(value);
    Reservoir<Example> sample = row.heldOut ? feature.heldOut : feature.shown;
    int place = sample.place(random);
    if (place >= 0) {
      sample.put(place, example(row, latent));
    }
    if (!row.heldOut && feature.mayBeTop(value)) {
      feature.addTop(example(row, latent));
    }
  }

  private int[] active(int row) {
    int[] active = new int[latents.start(row + 1) - latents.start(row)];
    for (int i = 0; i < active.length; i++) {
      active[i] = latents.latent(latents.start(row) + i);
    }
    return active;
  }

  /// {@return the window around a token, with a feature's activations, or none for -1}
  private Example example(Row row, int latent) {
    int[] ids = row.sequence.ids;
    int from = Math.max(0, row.position - settings.before());
    int to = Math.min(ids.length, row.position + 1 + settings.after());
    float[] activations = new float[to - from];
    for (int t = from; t < to && latent >= 0; t++) {
      activations[t - from] = row.sequence.counts[t] ? latents.value(t, latent) : 0;
    }
    int[] tokens = Arrays.copyOfRange(ids, from, to);
    return new Example(row.sequence.number, row.position, tokens, activations, row.position - from);
  }
}
