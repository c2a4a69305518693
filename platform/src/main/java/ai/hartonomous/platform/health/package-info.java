/// Whether what the server needs works, found out by using it.
@NullMarked
package ai.hartonomous.platform.health;

import org.jspecify.annotations.NullMarked;
