package ai.hartonomous.neo4jserver;

import java.io.IOException;
import java.nio.file.Path;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.harness.Neo4j;
import org.neo4j.harness.Neo4jBuilders;
import org.neo4j.io.ByteUnit;

/// Runs a Neo4j of the edition that is free, without its web server, until standard input ends.
/// Prints its Bolt address as the only line of standard output.
public final class Neo4jServer {

  private static final long PAGE_CACHE_MIB = 64;

  private Neo4jServer() {}

  /// Runs the server.
  ///
  /// @param arguments the folder to work in
  /// @throws IOException if standard input breaks
  public static void main(String[] arguments) throws IOException {
    try (Neo4j server =
        Neo4jBuilders.newInProcessBuilder(Path.of(arguments[0]))
            .withDisabledServer()
            .withConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(PAGE_CACHE_MIB))
            .build()) {
      System.out.println(server.boltURI());
      while (System.in.read() >= 0) {
        // whoever started this lives
      }
    }
  }
}
