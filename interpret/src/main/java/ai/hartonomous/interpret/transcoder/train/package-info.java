/// Training sparse coders on the values of a model.
@NullMarked
package ai.hartonomous.interpret.transcoder.train;

import org.jspecify.annotations.NullMarked;
