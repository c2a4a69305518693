/// Reads task files of other tools as capability suites.
@NullMarked
package ai.hartonomous.distill.task;

import org.jspecify.annotations.NullMarked;
