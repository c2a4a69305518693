package ai.hartonomous.bench;

import ai.hartonomous.bench.peer.OpenBlas;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.List;

/// The matrix product `[M, K] [K, N]` beside OpenBLAS.
///
/// @param rows `M`
/// @param inner `K`
/// @param cols `N`
record ProductContest(int rows, int inner, int cols) implements Contest {
  private static final double BAR = 0.7;

  /// Multiplications in one turn. Products come in long runs, and after a rest a virtual machine
  /// may wake both threads on one core for some milliseconds, so one small product alone would
  /// measure that.
  private static final double TURN = 32e9;

  /// Floats summed in another order: a few roundings of numbers near the largest one.
  private static final double TOLERANCE = 1e-4;

  @Override
  public String name() {
    return "product %dx%dx%d".formatted(rows, inner, cols);
  }

  @Override
  public String unit() {
    return "GFLOP/s";
  }

  @Override
  public double amount() {
    return repeats() * 2e-9 * rows * inner * cols;
  }

  private int repeats() {
    return (int) Math.ceil(TURN / ((double) rows * inner * cols));
  }

  @Override
  public Entry open(int threads, Scratch scratch) {
    Matrix a = Shapes.uniform(1, rows, inner);
    Matrix b = Shapes.uniform(2, inner, cols);
    var peer = new Peer(new OpenBlas(a, b, threads), this);
    return new Entry(
        new Ours(Kernels.of(threads), a, b, Matrix.zeros(rows, cols), repeats()),
        List.of(new Rival(peer, BAR, TOLERANCE)),
        List.of());
  }

  private static float[][] diagonal(Matrix product) {
    float[] sample = new float[Math.min(product.rows(), product.cols())];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = product.at(i, i);
    }
    return new float[][] {sample};
  }

  private record Ours(Kernels kernels, Matrix a, Matrix b, Matrix c, int repeats)
      implements Contender {
    @Override
    public String name() {
      return kernels.getClass().getSimpleName();
    }

    @Override
    public void turn() {
      for (int i = 0; i < repeats; i++) {
        kernels.multiply(a, b, c);
      }
    }

    @Override
    public float[][] samples() {
      return diagonal(c);
    }

    @Override
    public void close() {
      kernels.close();
    }
  }

  private record Peer(OpenBlas blas, ProductContest contest) implements Contender {
    @Override
    public String name() {
      return OpenBlas.version();
    }

    @Override
    public void turn() {
      for (int i = 0; i < contest.repeats(); i++) {
        blas.multiply();
      }
    }

    @Override
    public float[][] samples() {
      float[] sample = new float[Math.min(contest.rows, contest.cols)];
      for (int i = 0; i < sample.length; i++) {
        sample[i] = blas.at(i, i);
      }
      return new float[][] {sample};
    }

    @Override
    public void close() {
      blas.close();
    }
  }
}
