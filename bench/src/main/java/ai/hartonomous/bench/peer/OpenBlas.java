package ai.hartonomous.bench.peer;

import ai.hartonomous.tensor.Matrix;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/// One matrix product by OpenBLAS, `c = a b`, with its own copies of the matrices.
public final class OpenBlas implements AutoCloseable {
  private final FloatPointer a;
  private final FloatPointer b;
  private final FloatPointer c;
  private final int rows;
  private final int inner;
  private final int cols;

  /// Copies both factors.
  ///
  /// @param a row-major `[M, K]`
  /// @param b row-major `[K, N]`
  /// @param threads threads of every OpenBLAS call in this process from now on
  public OpenBlas(Matrix a, Matrix b, int threads) {
    rows = a.rows();
    inner = a.cols();
    cols = b.cols();
    this.a = new FloatPointer((long) rows * inner).put(a.data(), 0, rows * inner);
    this.b = new FloatPointer((long) inner * cols).put(b.data(), 0, inner * cols);
    c = new FloatPointer((long) rows * cols);
    openblas_nolapack.blas_set_num_threads(threads);
  }

  /// {@return name and version}
  public static String version() {
    return openblas_nolapack.OPENBLAS_VERSION.strip();
  }

  /// Computes the product once.
  public void multiply() {
    openblas_nolapack.cblas_sgemm(
        openblas_nolapack.CblasRowMajor,
        openblas_nolapack.CblasNoTrans,
        openblas_nolapack.CblasNoTrans,
        rows,
        cols,
        inner,
        1,
        a,
        inner,
        b,
        cols,
        0,
        c,
        cols);
  }

  /// {@return one number of the product}
  ///
  /// @param row row
  /// @param col column
  public float at(int row, int col) {
    return c.get((long) row * cols + col);
  }

  @Override
  public void close() {
    a.close();
    b.close();
    c.close();
  }
}
