package ai.hartonomous.bench.load;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The database that the server keeps its rows in.
interface Database extends AutoCloseable {

  /// {@return settings of the server that name it}
  Map<String, String> settings();

  /// {@return processor time that its own processes have used, in ms; null where that is not known}
  ///
  /// @throws IOException if it has ended
  @Nullable Long cpuMillis() throws IOException;

  /// Stops it, if it was started here.
  ///
  /// @throws IOException if it does not stop
  @Override
  void close() throws IOException;

  /// H2 in the server's own process, in a file below its data folder.
  record Embedded() implements Database {
    @Override
    public Map<String, String> settings() {
      return Map.of();
    }

    @Override
    public Long cpuMillis() {
      return 0L;
    }

    @Override
    public void close() {}
  }

  /// A database that runs somewhere.
  ///
  /// @param settings settings of the server that name it
  record Running(Map<String, String> settings) implements Database {
    /// Copies the settings.
    public Running {
      settings = Map.copyOf(settings);
    }

    @Override
    public @Nullable Long cpuMillis() {
      return null;
    }

    @Override
    public void close() {}
  }
}
