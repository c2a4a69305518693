/// The audit log: what was done on a user's behalf, in a chain of hashes.
@NullMarked
package ai.hartonomous.platform.audit;

import org.jspecify.annotations.NullMarked;
