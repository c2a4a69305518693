package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.interpret.transcoder.Latents;
import java.util.ArrayList;
import java.util.List;

/// Measures {@link Sparsity}.
public final class SparsityMeter {
  private static final double BIN = 0.5;

  private final long[] active;
  private final long[] counts;
  private final Ratio l0 = new Ratio();
  private long tokens;
  private long inSequence;
  private long tokensInSequence;

  /// Begins.
  ///
  /// @param latents `F`
  public SparsityMeter(int latents) {
    active = new long[latents];
    counts = new long[latents + 1];
  }

  /// Adds one token of the current sequence.
  ///
  /// @param latents active latents of some rows
  /// @param row the row
  public void add(Latents latents, int row) {
    int from = latents.start(row);
    int to = latents.start(row + 1);
    for (int e = from; e < to; e++) {
      active[latents.latent(e)]++;
    }
    counts[to - from]++;
    inSequence += to - from;
    tokensInSequence++;
    tokens++;
  }

  /// Ends the current sequence.
  public void endSequence() {
    l0.add((double) inSequence, (double) tokensInSequence);
    inSequence = 0;
    tokensInSequence = 0;
  }

  /// {@return what was measured}
  public Sparsity result() {
    int dead = 0;
    for (long count : active) {
      dead += count == 0 ? 1 : 0;
    }
    var bands = new Sparsity.Bands(below(1e-7), below(1e-6), below(1e-5), above(1e-2), above(1e-1));
    return new Sparsity(
        active.length,
        tokens,
        l0.estimate(),
        percentile(0.5),
        percentile(0.95),
        dead,
        bands,
        histogram());
  }

  private int below(double frequency) {
    int found = 0;
    for (long count : active) {
      found += count < frequency * tokens ? 1 : 0;
    }
    return found;
  }

  private int above(double frequency) {
    int found = 0;
    for (long count : active) {
      found += count > frequency * tokens ? 1 : 0;
    }
    return found;
  }

  /// {@return the smallest number that at least `share` of the tokens do not exceed}
  private int percentile(double share) {
    long seen = 0;
    for (int n = 0; n < counts.length; n++) {
      seen += counts[n];
      if (seen >= share * tokens) {
        return n;
      }
    }
    return counts.length - 1;
  }

  private List<Sparsity.Bin> histogram() {
    int bins = Math.max(1, (int) Math.ceil(Math.log10((double) Math.max(2, tokens)) / BIN));
    int[] found = new int[bins];
    for (long count : active) {
      if (count > 0) {
        double below = -Math.log10((double) count / tokens) / BIN; // 0 for f = 1
        found[Math.max(0, Math.min(bins - 1, (int) Math.ceil(below) - 1))]++;
      }
    }
    List<Sparsity.Bin> histogram = new ArrayList<>();
    for (int b = bins - 1; b >= 0; b--) {
      histogram.add(new Sparsity.Bin(-(b + 1) * BIN, -b * BIN, found[b]));
    }
    return histogram;
  }
}
