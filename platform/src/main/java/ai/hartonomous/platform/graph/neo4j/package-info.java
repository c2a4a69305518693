/// The graph in a Neo4j server, over Bolt.
@NullMarked
package ai.hartonomous.platform.graph.neo4j;

import org.jspecify.annotations.NullMarked;
