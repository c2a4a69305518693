/// How good sparse coders are: what they miss, how sparse they are, and what the model loses when
/// they speak in its place.
@NullMarked
package ai.hartonomous.interpret.evaluate;

import org.jspecify.annotations.NullMarked;
