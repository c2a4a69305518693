package ai.hartonomous.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The load generator `wrk` (Glozer, https://github.com/wg/wrk): every connection sends its next
/// request when the last one was answered.
///
/// @param program where it is
/// @param script what it does with a file of requests
record Wrk(Path program, Path script) {
  private static final Pattern FIGURES =
      Pattern.compile("figures (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)");

  /// What it measured.
  ///
  /// @param requests answered requests
  /// @param seconds how long it took
  /// @param p50Millis half of the answers came in this time
  /// @param p99Millis 99 of 100 answers came in this time
  /// @param maxMillis the slowest answer
  /// @param socketErrors connections that failed, and answers that did not come in 10 seconds
  /// @param statusErrors answers with a status of 400 or above
  record Figures(
      long requests,
      double seconds,
      double p50Millis,
      double p99Millis,
      double maxMillis,
      long socketErrors,
      long statusErrors) {}

  /// {@return the installed one, if there is one}
  ///
  /// @param folder where to put its script
  /// @throws IOException if the disk refuses
  static Optional<Wrk> find(Path folder) throws IOException {
    Optional<Path> program = Commands.find("wrk", List.of());
    if (program.isEmpty()) {
      return Optional.empty();
    }
    Path script = folder.resolve("requests.lua");
    try (InputStream in = Wrk.class.getResourceAsStream("requests.lua")) {
      if (in == null) {
        throw new IOException("requests.lua is not on the class path");
      }
      Files.write(script, in.readAllBytes());
    }
    return Optional.of(new Wrk(program.get(), script));
  }

  /// {@return what a run measured}
  ///
  /// @param url scheme, host and port
  /// @param requests file with one request in each line: method, path, headers and body, with tabs
  ///   between them
  /// @param connections how many at a time
  /// @param seconds how long
  /// @throws IOException if it cannot run
  /// @throws InterruptedException if the thread is interrupted
  Figures run(String url, Path requests, int connections, int seconds)
      throws IOException, InterruptedException {
    String said =
        Commands.run(
            List.of(
                program.toString(),
                "--threads=1",
                "--connections=" + connections,
                "--duration=" + seconds + "s",
                "--timeout=10s",
                "--script=" + script,
                url,
                requests.toString()));
    return parse(said);
  }

  /// {@return the figures in the output of the script}
  ///
  /// @param output what the program wrote
  /// @throws IOException if there are none
  static Figures parse(String output) throws IOException {
    Matcher found = FIGURES.matcher(output);
    if (!found.find()) {
      throw new IOException("wrk has no figures: " + output.strip());
    }
    long[] values = new long[7];
    for (int i = 0; i < values.length; i++) {
      values[i] = Long.parseLong(found.group(i + 1));
    }
    return new Figures(
        values[0],
        values[1] / 1e6,
        values[2] / 1e3,
        values[3] / 1e3,
        values[4] / 1e3,
        values[5],
        values[6]);
  }
}
