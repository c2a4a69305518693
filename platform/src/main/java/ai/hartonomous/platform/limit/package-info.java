/// How often a user may call: token buckets that all nodes share.
@NullMarked
package ai.hartonomous.platform.limit;

import org.jspecify.annotations.NullMarked;
