/// What is counted and timed, by the specification's names.
@NullMarked
package ai.hartonomous.platform.observe;

import org.jspecify.annotations.NullMarked;
