/// Values of a model on a corpus: streamed to whoever trains on them, or stored in checked files.
@NullMarked
package ai.hartonomous.interpret.capture;

import org.jspecify.annotations.NullMarked;
