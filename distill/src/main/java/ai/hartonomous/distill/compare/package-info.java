/// Setting ways to select components beside each other: same model, same items, same size, same
/// healing.
@NullMarked
package ai.hartonomous.distill.compare;

import org.jspecify.annotations.NullMarked;
