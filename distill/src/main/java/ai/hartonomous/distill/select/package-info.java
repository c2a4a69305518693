/// Finding the components that carry a capability together, by measuring what is left without the
/// others.
@NullMarked
package ai.hartonomous.distill.select;

import org.jspecify.annotations.NullMarked;
