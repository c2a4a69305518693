/// Language models on top of the kernels.
@SuppressWarnings("requires-automatic") // the tokenizer library has no module declaration
module ai.hartonomous.model {
  exports ai.hartonomous.model.checkpoint;
  exports ai.hartonomous.model.constrain;
  exports ai.hartonomous.model.generate;
  exports ai.hartonomous.model.tiny;
  exports ai.hartonomous.model.tokenizer;
  exports ai.hartonomous.model.transformer;

  requires transitive ai.hartonomous.tensor;
  requires ai.djl.tokenizers;
  requires transitive tools.jackson.databind;
  requires static transitive org.jspecify;
}
