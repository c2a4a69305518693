/// The database, whichever it is: its kind, its connections, its backup.
@NullMarked
package ai.hartonomous.platform.database;

import org.jspecify.annotations.NullMarked;
