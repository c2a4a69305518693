/// Models made from a seed, one of every family, small enough for tests and examples.
@NullMarked
package ai.hartonomous.model.tiny;

import org.jspecify.annotations.NullMarked;
