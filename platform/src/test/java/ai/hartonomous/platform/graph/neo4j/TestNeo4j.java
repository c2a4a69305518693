package ai.hartonomous.platform.graph.neo4j;

import ai.hartonomous.platform.Settings;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// A real Neo4j server in a process of its own, started once when it is first needed. It ends with
/// this process.
public final class TestNeo4j {

  private TestNeo4j() {}

  /// {@return the address of the server}
  public static String uri() {
    return Running.URI;
  }

  /// {@return settings of the server}
  public static Settings.Graph settings() {
    return new Settings.Graph(
        uri(), "neo4j", "any", "", 8, Duration.ofSeconds(10), Duration.ofSeconds(10));
  }

  private static final class Running {
    private static final String URI = start();

    private static String start() {
      Path module = Path.of(System.getProperty("repository.root", ".."), "neo4j-server/target");
      Path classPath = module.resolve("class-path");
      if (!Files.exists(classPath)) {
        throw new IllegalStateException(
            classPath
                + " is missing: run ./hartonomous test, or mvn -pl neo4j-server test-compile");
      }
      try {
        Path data = Files.createTempDirectory("neo4j");
        Process server = process(module, Files.readString(classPath).strip(), data);
        var lines =
            new BufferedReader(
                new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        if (line == null || !line.startsWith("bolt://")) {
          throw new IOException("Neo4j did not start: " + Files.readString(data.resolve("errors")));
        }
        return line;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Process process(Path module, String classPath, Path data) throws IOException {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--add-modules",
              "jdk.incubator.vector",
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "-Xmx512m",
              "-cp",
              module.resolve("test-classes") + File.pathSeparator + classPath,
              "ai.hartonomous.neo4jserver.Neo4jServer",
              data.toString())
          .redirectError(data.resolve("errors").toFile())
          .start();
    }
  }
}
