/// Taking a transformer apart: which parts cause what it does.
module ai.hartonomous.interpret {
  exports ai.hartonomous.interpret.attribute;
  exports ai.hartonomous.interpret.capture;
  exports ai.hartonomous.interpret.circuit;
  exports ai.hartonomous.interpret.evaluate;
  exports ai.hartonomous.interpret.feature;
  exports ai.hartonomous.interpret.interchange;
  exports ai.hartonomous.interpret.probe;
  exports ai.hartonomous.interpret.transcoder;
  exports ai.hartonomous.interpret.transcoder.train;

  requires transitive ai.hartonomous.model;
  requires tools.jackson.databind;
  requires static transitive org.jspecify;
}
