/// A real Neo4j for tests, in a process of its own.
package ai.hartonomous.neo4jserver;
