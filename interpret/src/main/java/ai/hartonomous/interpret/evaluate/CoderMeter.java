package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.interpret.capture.Group;
import ai.hartonomous.interpret.capture.RowGather;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;

/// Measures reconstruction and sparsity of one coder on the model's own values.
final class CoderMeter {
  private final SparseCoder coder;
  private final ReconstructionMeter reconstruction;
  private final SparsityMeter sparsity;
  private final Latents latents = new Latents();

  CoderMeter(SparseCoder coder, double[] mean) {
    this.coder = coder;
    reconstruction = new ReconstructionMeter(mean);
    sparsity = new SparsityMeter(coder.weights().latents());
  }

  SparseCoder coder() {
    return coder;
  }

  Reconstruction reconstruction() {
    return reconstruction.result();
  }

  Sparsity sparsity() {
    return sparsity.result();
  }

  /// Adds the tokens of a group that count, as `gather` kept them.
  void add(Group group, RowGather gather, Kernels kernels) {
    Matrix x = gather.values(coder.reads());
    Matrix y = gather.values(coder.writes());
    Matrix predicted = Matrix.zeros(y.rows(), y.cols());
    coder.encode(x, kernels, latents);
    coder.decode(latents, x, kernels, predicted);
    int next = 0;
    for (int s = 0; s < group.lengths().length; s++) {
      int first = next;
      while (next < y.rows() && group.sequence(group.rows()[next]) == s) {
        reconstruction.add(y, predicted, next);
        sparsity.add(latents, next);
        next++;
      }
      if (next > first) {
        reconstruction.endSequence();
        sparsity.endSequence();
      }
    }
  }
}
