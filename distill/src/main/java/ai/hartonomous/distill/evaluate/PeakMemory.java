package ai.hartonomous.distill.evaluate;

import ai.hartonomous.distill.importance.GreedyChoice;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.File;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Measures the memory of a process that does nothing but read a model and continue a text with it.
/// Each model gets a process of its own, a second of this virtual machine, so that nothing else is
/// counted.
public final class PeakMemory {
  private static final long SECONDS = 120;
  private static final int MOST_TOKENS = 512;
  private static final int LEAST_TOKENS = 16;
  private static final double MOST_WORK = 1e9;
  private static final Pattern ANSWER = Pattern.compile("memory (\\d+) (-?\\d+) (\\d+)");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s*(\\d+) kB");

  private PeakMemory() {}

  /// What was measured.
  ///
  /// @param tokens tokens that the model had read in the end: its whole context, at most 512, and
  ///   fewer where that would take long
  /// @param processBytes most memory that the process had at once, virtual machine, compiled code
  ///   and garbage included; null where the system does not tell (it is read from Linux)
  /// @param liveBytes memory in use at the end, after garbage was collected, less that before the
  ///   model was read: weights, key/value cache and buffers
  public record Measured(int tokens, @Nullable Long processBytes, long liveBytes) {}

  /// Measures one model.
  ///
  /// @param checkpoint its folder or file
  /// @return the memory; empty if no process could be started, or it failed or took more than two
  ///   minutes
  /// @throws InterruptedException if the thread was interrupted; the process is ended
  public static Optional<Measured> of(Path checkpoint) throws InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command(checkpoint))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException _) {
      return Optional.empty();
    }
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        return Optional.empty();
      }
      return parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException _) {
      return Optional.empty();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Optional<Measured> parse(String text) {
    Matcher matcher = ANSWER.matcher(text);
    if (!matcher.find()) {
      return Optional.empty();
    }
    long process = Long.parseLong(matcher.group(2));
    return Optional.of(
        new Measured(
            Integer.parseInt(matcher.group(1)),
            process < 0 ? null : process,
            Long.parseLong(matcher.group(3))));
  }

  private static List<String> command(Path checkpoint) {
    String path =
        Stream.of("java.class.path", "jdk.module.path")
            .map(name -> System.getProperty(name, ""))
            .filter(entries -> !entries.isEmpty())
            .collect(Collectors.joining(File.pathSeparator));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--add-modules",
        "jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-Xms8m",
        "-cp",
        path,
        PeakMemory.class.getName(),
        checkpoint.toAbsolutePath().toString());
  }

  /// The other process: reads a model, continues a text, and prints `memory`, the number of tokens,
  /// the most bytes of the process (-1 if unknown), and the bytes in use, on one line.
  ///
  /// @param arguments folder or file of a checkpoint
  /// @throws IOException if it cannot be read
  public static void main(String[] arguments) throws IOException {
    try (Kernels kernels = Kernels.of(1)) {
      long before = used();
      Model model;
      try (Checkpoint checkpoint = Checkpoints.open(Path.of(arguments[0]))) {
        model = checkpoint.load();
      }
      var transformer = new Transformer(model, kernels);
      int tokens = tokens(model);
      var cache = new KvCache(model.config(), tokens);
      Trace trace = transformer.trace(Trace.Keep.INFERENCE);
      try {
        int next = 0;
        for (int t = 0; t < tokens; t++) {
          next = GreedyChoice.of(transformer.extend(new int[] {next}, cache, trace, Hooks.NONE), 0);
        }
        System.out.printf("memory %d %d %d%n", cache.length(), peak(), used() - before);
      } finally { // all of it is in use until here
        Reference.reachabilityFence(trace);
        Reference.reachabilityFence(transformer);
        Reference.reachabilityFence(cache);
      }
    }
  }

  private static int tokens(Model model) {
    double parameters = Math.max(1, model.weights().parameterCount());
    int affordable = (int) Math.clamp(MOST_WORK / parameters, LEAST_TOKENS, MOST_TOKENS);
    return Math.min(affordable, model.config().extents().positions());
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static long peak() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return -1;
    }
    Matcher matcher = PEAK.matcher(Files.readString(status));
    return matcher.find() ? 1024 * Long.parseLong(matcher.group(1)) : -1;
  }
}
