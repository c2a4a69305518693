package ai.hartonomous.tensor;

/// Makes {@link Kernels}; found with {@link java.util.ServiceLoader}.
public interface KernelsProvider {

  /// {@return whether this machine can run the implementation}
  boolean isSupported();

  /// {@return rank among the supported ones; the highest is used}
  int priority();

  /// {@return kernels that compute on `threads` threads}
  ///
  /// @param threads number of threads, at least 1
  Kernels create(int threads);
}
