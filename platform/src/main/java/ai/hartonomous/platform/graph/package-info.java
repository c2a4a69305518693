/// Features, what they influence, circuits of them and what agents retain, as one graph per user.
@NullMarked
package ai.hartonomous.platform.graph;

import org.jspecify.annotations.NullMarked;
