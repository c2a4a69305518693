/// Language models on top of the kernels.
module ai.hartonomous.model {
  requires transitive ai.hartonomous.tensor;
  requires tools.jackson.databind;
  requires static org.jspecify;
}
