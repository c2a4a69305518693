/// Corpora, capability suites and the sample model.
module ai.hartonomous.samples {
  exports ai.hartonomous.samples;
  exports ai.hartonomous.samples.skill;
  exports ai.hartonomous.samples.train;
  exports ai.hartonomous.samples.vocabulary;

  requires transitive ai.hartonomous.distill;
  requires tools.jackson.databind;
  requires static transitive org.jspecify;
}
