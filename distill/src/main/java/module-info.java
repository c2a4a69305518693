/// Small models that keep one capability of a large one.
module ai.hartonomous.distill {
  requires transitive ai.hartonomous.model;
  requires static transitive org.jspecify;
}
