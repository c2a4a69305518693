/// Whose rows a piece of work may see.
@NullMarked
package ai.hartonomous.platform.tenant;

import org.jspecify.annotations.NullMarked;
