package ai.hartonomous.bench;

import ai.hartonomous.bench.peer.OpenBlasReading;
import ai.hartonomous.model.transformer.Model;

/// The reading of as many bytes as decoding reads, and nothing else: what the memory allows.
final class Reading implements Contender {
  private final OpenBlasReading memory;
  private final int times;
  private final float[][] nothing;

  /// Prepares.
  ///
  /// @param floats how many are read for each token
  /// @param times tokens
  /// @param threads threads that read
  /// @param model whose logits are not computed
  Reading(long floats, int times, int threads, Model model) {
    memory = new OpenBlasReading(floats, threads);
    this.times = times;
    nothing = new float[1][model.config().extents().outputs()];
  }

  @Override
  public String name() {
    return "reading the weights";
  }

  @Override
  public void turn() {
    for (int t = 0; t < times; t++) {
      memory.read();
    }
  }

  @Override
  public float[][] samples() {
    return nothing;
  }

  @Override
  public void close() {
    memory.close();
  }
}
