/// Training a cut model on what its source would have said.
@NullMarked
package ai.hartonomous.distill.heal;

import org.jspecify.annotations.NullMarked;
