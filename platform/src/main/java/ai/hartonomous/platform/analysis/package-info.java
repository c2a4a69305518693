/// What is found out about registered models: transcoders, features, circuits, graphs.
@NullMarked
package ai.hartonomous.platform.analysis;

import org.jspecify.annotations.NullMarked;
