/// Binaries by content, streamed in and out of the data folder.
@NullMarked
package ai.hartonomous.platform.store;

import org.jspecify.annotations.NullMarked;
