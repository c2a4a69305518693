/// Imported models with their layers and components.
@NullMarked
package ai.hartonomous.platform.registry;

import org.jspecify.annotations.NullMarked;
