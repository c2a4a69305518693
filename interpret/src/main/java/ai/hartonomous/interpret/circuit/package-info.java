/// Circuits of components: which edges between attention heads and MLPs carry what a model does on
/// contrast pairs, and how faithful a circuit is to the whole model.
@NullMarked
package ai.hartonomous.interpret.circuit;

import org.jspecify.annotations.NullMarked;
