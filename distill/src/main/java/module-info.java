/// Small models that keep one capability of a large one.
module ai.hartonomous.distill {
  exports ai.hartonomous.distill.capability;
  exports ai.hartonomous.distill.compare;
  exports ai.hartonomous.distill.compose;
  exports ai.hartonomous.distill.evaluate;
  exports ai.hartonomous.distill.heal;
  exports ai.hartonomous.distill.importance;
  exports ai.hartonomous.distill.pack;
  exports ai.hartonomous.distill.prune;
  exports ai.hartonomous.distill.route;
  exports ai.hartonomous.distill.select;
  exports ai.hartonomous.distill.task;
  exports ai.hartonomous.distill.work;
  exports ai.hartonomous.distill;

  requires transitive ai.hartonomous.interpret;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires static transitive org.jspecify;
}
