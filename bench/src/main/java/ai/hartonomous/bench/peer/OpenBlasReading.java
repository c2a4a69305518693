package ai.hartonomous.bench.peer;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/// Reads memory as fast as OpenBLAS can: the dot product of a vector with itself, cut among threads
/// by OpenBLAS.
public final class OpenBlasReading implements AutoCloseable {
  private final FloatPointer numbers;
  private final int count;
  private float sum;

  /// Sets memory aside.
  ///
  /// @param count numbers
  /// @param threads threads of every OpenBLAS call in this process from now on
  public OpenBlasReading(long count, int threads) {
    this.count = Math.toIntExact(count);
    numbers = new FloatPointer(count);
    for (long i = 0; i < count; i++) {
      numbers.put(i, 1e-3f);
    }
    openblas_nolapack.blas_set_num_threads(threads);
  }

  /// Reads all of it once.
  public void read() {
    sum += openblas_nolapack.cblas_sdot(count, numbers, 1, numbers, 1);
  }

  /// {@return what the readings added up to}
  public float sum() {
    return sum;
  }

  @Override
  public void close() {
    numbers.close();
  }
}
