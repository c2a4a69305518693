/// Durable long work with stages, progress, events and cancellation.
@NullMarked
package ai.hartonomous.platform.job;

import org.jspecify.annotations.NullMarked;
