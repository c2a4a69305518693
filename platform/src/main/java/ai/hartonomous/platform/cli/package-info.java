/// The command line, `hartonomous`.
@NullMarked
package ai.hartonomous.platform.cli;

import org.jspecify.annotations.NullMarked;
