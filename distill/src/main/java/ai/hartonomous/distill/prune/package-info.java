/// Taking whole attention heads and neurons out of a model, and choosing which.
@NullMarked
package ai.hartonomous.distill.prune;

import org.jspecify.annotations.NullMarked;
