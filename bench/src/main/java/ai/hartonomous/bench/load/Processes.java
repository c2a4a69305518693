package ai.hartonomous.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Processor time and memory of processes, as Linux counts them under `/proc`. Its clock ticks
/// every 10 ms.
final class Processes {
  private static final Path PROC = Path.of("/proc");
  private static final long TICK_MILLIS = 10;

  // Fields of /proc/PID/stat, counted from the one after the name in parentheses.
  private static final int PARENT = 1;
  private static final int USER = 11;
  private static final int SYSTEM = 12;
  private static final int CHILDREN_USER = 13;
  private static final int CHILDREN_SYSTEM = 14;

  private Processes() {}

  /// {@return processor time that a process has used, in ms}
  ///
  /// @param pid its number
  /// @throws IOException if there is no such process
  static long cpuMillis(long pid) throws IOException {
    String[] fields = stat(pid);
    return TICK_MILLIS * (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]));
  }

  /// {@return processor time that the ended children of a process have used, in ms}
  ///
  /// @param pid its number
  /// @throws IOException if there is no such process
  static long endedChildrenCpuMillis(long pid) throws IOException {
    String[] fields = stat(pid);
    return TICK_MILLIS
        * (Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_SYSTEM]));
  }

  /// {@return processor time that a process, its children and its ended children have used, in ms}
  ///
  /// @param pid number of the parent
  /// @throws IOException if there is no such process
  static long familyCpuMillis(long pid) throws IOException {
    long sum = cpuMillis(pid) + endedChildrenCpuMillis(pid);
    for (long child : children(pid)) {
      sum += cpuMillis(child);
    }
    return sum;
  }

  /// {@return processor time that the whole machine has used for anything, in ms, all cores
  /// together}
  ///
  /// @throws IOException if the system does not say
  static long machineCpuMillis() throws IOException {
    String[] fields = Files.readAllLines(PROC.resolve("stat")).getFirst().split("\\s+");
    long busy = 0;
    for (int i = 1; i <= 8; i++) { // user, nice, system, idle, iowait, irq, softirq, steal
      busy += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]);
    }
    return TICK_MILLIS * busy;
  }

  /// {@return the most memory that was resident, in bytes}
  ///
  /// @param pid number of the process
  /// @throws IOException if there is no such process
  static long peakBytes(long pid) throws IOException {
    for (String line : Files.readAllLines(PROC.resolve(Long.toString(pid)).resolve("status"))) {
      if (line.startsWith("VmHWM:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("process " + pid + " has ended");
  }

  private static List<Long> children(long pid) throws IOException {
    try (Stream<Path> all = Files.list(PROC)) {
      return all.map(it -> it.getFileName().toString())
          .filter(name -> Character.isDigit(name.charAt(0)))
          .map(Long::valueOf)
          .filter(candidate -> isChild(candidate, pid))
          .toList();
    }
  }

  private static boolean isChild(long candidate, long parent) {
    try {
      return Long.parseLong(stat(candidate)[PARENT]) == parent;
    } catch (IOException _) {
      return false; // it has ended meanwhile
    }
  }

  private static String[] stat(long pid) throws IOException {
    Path file = PROC.resolve(Long.toString(pid)).resolve("stat");
    try {
      String line = Files.readString(file);
      return line.substring(line.lastIndexOf(')') + 2).split(" ");
    } catch (NoSuchFileException e) {
      throw new IOException("process " + pid + " has ended", e);
    }
  }
}
