package ai.hartonomous.bench;

import ai.hartonomous.tensor.CoderState.Rows;
import java.io.IOException;

/// The process in which the memory of a transcoder's training step is measured.
final class CoderMemory {
  private static final int STEPS = 5;

  private CoderMemory() {}

  /// Prints what some steps take.
  ///
  /// @param args number of threads
  public static void main(String[] args) throws IOException {
    int threads = Integer.parseInt(args[0]);
    PeakMemory.report(() -> steps(threads));
  }

  private static Object steps(int threads) {
    CoderWork work = CoderWork.create();
    var weights = new Rows(work.encoder(), new float[CoderWork.LATENTS], work.decoder());
    try (var ours = new CoderContest.Ours(work, weights, threads)) {
      for (int step = 0; step < STEPS; step++) {
        ours.turn();
      }
      return ours;
    }
  }
}
