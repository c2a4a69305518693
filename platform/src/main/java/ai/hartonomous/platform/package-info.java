/// The multi-tenant application around the engine.
@NullMarked
package ai.hartonomous.platform;

import org.jspecify.annotations.NullMarked;
