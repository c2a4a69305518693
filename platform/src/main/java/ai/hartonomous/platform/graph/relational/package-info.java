/// The graph in the tables of the platform's own database.
@NullMarked
package ai.hartonomous.platform.graph.relational;

import org.jspecify.annotations.NullMarked;
