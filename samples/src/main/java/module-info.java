/// Corpora, capability suites and the sample model.
module ai.hartonomous.samples {
  requires transitive ai.hartonomous.distill;
  requires static transitive org.jspecify;
}
