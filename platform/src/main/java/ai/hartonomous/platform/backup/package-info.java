/// Backups: rows and files at one moment, for every database in one form.
@NullMarked
package ai.hartonomous.platform.backup;

import org.jspecify.annotations.NullMarked;
