/// How much a capability depends on every attention head and every neuron.
@NullMarked
package ai.hartonomous.distill.importance;

import org.jspecify.annotations.NullMarked;
