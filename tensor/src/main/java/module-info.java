/// Shapes, memory and numeric kernels.
module ai.hartonomous.tensor {
  requires jdk.incubator.vector;
  requires static org.jspecify;
}
