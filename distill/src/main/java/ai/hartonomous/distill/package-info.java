/// Makes small models that keep one capability of a large one.
@NullMarked
package ai.hartonomous.distill;

import org.jspecify.annotations.NullMarked;
