package ai.hartonomous.platform.deployment;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A process of the thin runtime that computes for this server alone. It is told what to do by its
/// standard input, answers once by its standard output, and ends when its input does: with this
/// process at the latest, however that one ends.
final class WorkerProcess {

  /// The class that is started.
  static final String MAIN = "ai.hartonomous.platform.cli.WorkerMain";

  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_LINE = 2_000;
  private static final Duration PEACE = Duration.ofSeconds(5);
  private static final WorkerReady UNSAID = WorkerReady.failed("");
  private static final long LAST_WORD_MILLIS = 1_000;

  /// Of the server's environment, which may hold passwords, a worker gets these.
  private static final Set<String> ENVIRONMENT =
      Set.of(
          "PATH",
          "HOME",
          "LANG",
          "LC_ALL",
          "TZ",
          "TMPDIR",
          "LD_LIBRARY_PATH",
          "DJL_CACHE_DIR",
          "TEMP",
          "TMP",
          "SystemRoot",
          "USERPROFILE");

  private final UUID agent;
  private final Process process;
  private final BufferedWriter in;
  private final CompletableFuture<WorkerReady> ready = new CompletableFuture<>();

  private WorkerProcess(UUID agent, Process process) {
    this.agent = agent;
    this.process = process;
    this.in = process.outputWriter(StandardCharsets.UTF_8);
  }

  /// Starts one. It must be ended.
  ///
  /// @param order what it is told
  /// @param options of the Java machine
  /// @throws IOException if the system refuses
  static WorkerProcess start(WorkerOrder order, List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add(MAIN);
    command.add(order.agent().toString()); // tells processes apart; nothing reads it
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().retainAll(ENVIRONMENT);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    var started = new WorkerProcess(order.agent(), builder.start());
    started.listen();
    started.tell(order);
    return started;
  }

  private void listen() {
    Thread.startVirtualThread(() -> read(process.inputReader(StandardCharsets.UTF_8), this::heard));
    Thread.startVirtualThread(() -> read(process.errorReader(StandardCharsets.UTF_8), this::log));
  }

  private void tell(WorkerOrder order) {
    try {
      in.write(JSON.writeValueAsString(order));
      in.newLine();
      in.flush();
    } catch (IOException _) {
      process.destroyForcibly(); // it has ended before it was told anything, and is found so
    }
  }

  private static void read(BufferedReader lines, Consumer<String> ear) {
    try (lines) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        ear.accept(line.substring(0, Math.min(MOST_LINE, line.length())));
      }
    } catch (IOException e) {
      LOG.debug("a worker's stream ended", e);
    }
  }

  private void heard(String line) {
    try {
      ready.complete(JSON.readValue(line, WorkerReady.class));
    } catch (JacksonException _) {
      log(line);
    }
  }

  private void log(String line) {
    LOG.info("worker {} of agent {}: {}", process.pid(), agent, line);
  }

  /// {@return what the process says when it has started}
  ///
  /// @param patience how long to wait
  /// @throws WorkerException if it cannot start, or does not within that time
  /// @throws InterruptedException if the thread is interrupted
  WorkerReady await(Duration patience) throws WorkerException, InterruptedException {
    try {
      // What a process said before it ended may still be on its way.
      var _ =
          process
              .onExit()
              .thenRun(() -> ready.completeOnTimeout(UNSAID, LAST_WORD_MILLIS, MILLISECONDS));
      WorkerReady answer = ready.get(patience.toMillis(), MILLISECONDS);
      if (answer.equals(UNSAID)) {
        throw new WorkerException(ending(process.exitValue()));
      }
      if (answer.failure() != null) {
        throw WorkerException.refusal(answer.failure());
      }
      return answer;
    } catch (TimeoutException e) {
      throw new WorkerException("was not ready within %d s".formatted(patience.toSeconds()), e);
    } catch (ExecutionException e) {
      throw new WorkerException("could not be watched", e);
    }
  }

  private static String ending(int exit) {
    int signal = exit - 128; // as shells count
    return signal > 0 && signal < 65
        ? "was ended by signal %d".formatted(signal)
        : "ended with exit code %d".formatted(exit);
  }

  /// Calls back when the process has ended, with how.
  void onEnd(Consumer<String> ear) {
    var _ = process.onExit().thenAccept(it -> ear.accept(ending(it.exitValue())));
  }

  /// Lets the process end, or ends it where it does not.
  void end() {
    try {
      in.close();
    } catch (IOException e) {
      LOG.debug("a worker's input was closed already", e);
    }
    var _ =
        process
            .onExit()
            .orTimeout(PEACE.toMillis(), MILLISECONDS)
            .exceptionally(
                _ -> {
                  process.destroyForcibly();
                  return process;
                });
  }

  /// Ends the process at once.
  void kill() {
    process.destroyForcibly();
  }

  /// Waits until the process has ended.
  ///
  /// @throws InterruptedException if the thread is interrupted
  void awaitEnd() throws InterruptedException {
    process.waitFor();
  }

  /// {@return its number in the operating system}
  long pid() {
    return process.pid();
  }
}
