/// Language models on top of the kernels.
module ai.hartonomous.model {
  exports ai.hartonomous.model.tiny;
  exports ai.hartonomous.model.transformer;

  requires transitive ai.hartonomous.tensor;
  requires tools.jackson.databind;
  requires static transitive org.jspecify;
}
