/// Agents loaded and ready to answer.
@NullMarked
package ai.hartonomous.platform.deployment;

import org.jspecify.annotations.NullMarked;
