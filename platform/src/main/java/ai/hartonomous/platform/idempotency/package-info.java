/// Requests that a client may send again without fear: one key, one effect, one answer.
@NullMarked
package ai.hartonomous.platform.idempotency;

import org.jspecify.annotations.NullMarked;
