package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.tensor.CoderKernels;
import ai.hartonomous.tensor.Kernels;

/// What one thread computes with.
///
/// @param kernels dense products
/// @param coders sparse passes
record Tools(Kernels kernels, CoderKernels coders) implements AutoCloseable {

  static Tools of(int threads) {
    return new Tools(Kernels.of(threads), CoderKernels.of(threads));
  }

  @Override
  public void close() {
    kernels.close();
    coders.close();
  }
}
