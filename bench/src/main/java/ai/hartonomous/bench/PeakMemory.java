package ai.hartonomous.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How much memory a work takes at its peak: the largest resident set (`VmHWM` of
/// `/proc/self/status`) of a fresh Java process that does nothing else, less what was resident
/// (`VmRSS`) before the work was set up. That is what the work makes the system give: its arrays,
/// what waits to be collected, stacks of its threads and the code compiled for it. Linux only.
///
/// @param residentBytes that peak
/// @param liveBytes heap in use after a collection at the end: the arrays that the work keeps
record PeakMemory(long residentBytes, long liveBytes) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String NONE = "not measured";

  /// A work in the process that is measured.
  interface Work {
    /// {@return what holds everything that the work keeps}
    Object run() throws IOException;
  }

  /// Measures in a child process.
  ///
  /// @param main class whose `main` calls {@link #report}
  /// @param arguments its arguments
  /// @return what was measured, or nothing where the system does not count
  /// @throws IOException if the child fails
  static Optional<PeakMemory> of(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!flag.startsWith("-Xm")) {
        command.add(flag);
      }
    }
    command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      if (line == null) {
        throw new IOException(main.getSimpleName() + " ended without a figure");
      }
      if (line.equals(NONE)) {
        return Optional.empty();
      }
      int space = line.indexOf(' ');
      return Optional.of(
          new PeakMemory(
              Long.parseLong(line.substring(0, space)), Long.parseLong(line.substring(space + 1))));
    } finally {
      process.destroy();
    }
  }

  /// Does the work and prints its peak.
  static void report(Work work) throws IOException {
    if (!Files.isReadable(STATUS)) {
      System.out.println(NONE);
      return;
    }
    long before = bytes("VmRSS:");
    Object kept = work.run();
    try {
      long peak = bytes("VmHWM:") - before;
      System.gc();
      long live = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      System.out.println(peak + " " + live);
    } finally {
      Reference.reachabilityFence(kept);
    }
  }

  private static long bytes(String name) throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(name)) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException(STATUS + " has no " + name);
  }
}
