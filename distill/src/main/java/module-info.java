/// Small models that keep one capability of a large one.
module ai.hartonomous.distill {
  exports ai.hartonomous.distill.importance;
  exports ai.hartonomous.distill.prune;

  requires transitive ai.hartonomous.model;
  requires static transitive org.jspecify;
}
