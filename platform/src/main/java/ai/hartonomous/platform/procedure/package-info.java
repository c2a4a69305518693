/// Procedures inside the database, and what it tells about its performance.
@NullMarked
package ai.hartonomous.platform.procedure;

import org.jspecify.annotations.NullMarked;
