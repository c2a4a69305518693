package ai.hartonomous.tensor;

/// Offers {@link SimdKernels} where the Vector API is present.
public final class SimdProvider implements KernelsProvider {

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  /// For {@link java.util.ServiceLoader}.
  public SimdProvider() {}

  /// {@return whether the JVM was started with the Vector API}
  @Override
  public boolean isSupported() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Kernels create(int threads) {
    return new SimdKernels(threads);
  }
}
