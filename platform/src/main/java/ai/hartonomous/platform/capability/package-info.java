/// Capability suites of the user.
@NullMarked
package ai.hartonomous.platform.capability;

import org.jspecify.annotations.NullMarked;
