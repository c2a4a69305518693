/// Shapes, memory and numeric kernels.
module ai.hartonomous.tensor {
  exports ai.hartonomous.tensor;

  uses ai.hartonomous.tensor.KernelsProvider;

  provides ai.hartonomous.tensor.KernelsProvider with
      ai.hartonomous.tensor.SimdProvider;

  requires jdk.incubator.vector;
  requires static transitive org.jspecify;
}
