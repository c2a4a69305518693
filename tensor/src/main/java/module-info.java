/// Shapes, memory and numeric kernels.
module ai.hartonomous.tensor {
  exports ai.hartonomous.tensor;

  uses ai.hartonomous.tensor.KernelsProvider;

  requires jdk.incubator.vector;
  requires static transitive org.jspecify;
}
