package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.agent.AgentBytes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills processes of the command line with SIGKILL.
@Tag("slow")
class AgentKillTest {
  private static final long SEED = Long.getLong("test.seed", 1);
  private static final int KILLS = 10;
  private static final Path CLERK =
      Path.of(System.getProperty("repository.root", ".."), "samples", "models", "clerk");

  @TempDir private Path folder;

  @Test
  void killedTenTimesItMakesTheSameAgent() throws IOException, InterruptedException {
    Path suite = smallSuite();
    Path undisturbed = folder.resolve("undisturbed");
    long begin = System.nanoTime();
    assertThat(finish(start(suite, undisturbed))).isZero();
    long millis = (System.nanoTime() - begin) / 1_000_000;

    Path killed = folder.resolve("killed");
    var random = new SplittableRandom(SEED);
    int kills = 0;
    List<String> kept = new ArrayList<>();
    while (kills < KILLS) {
      Process process = start(suite, killed);
      boolean ended = process.waitFor(random.nextLong(millis * 3 / 4), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
        kills++;
        kept.add(kept());
      }
      if (Files.exists(killed)) { // finished before a kill: compare, and begin another
        assertThat(AgentBytes.of(killed)).isEqualTo(AgentBytes.of(undisturbed));
        delete(killed);
      }
    }
    assertThat(finish(start(suite, killed))).isZero();

    System.out.println("undisturbed " + millis + " ms; kept after each kill: " + kept);
    assertThat(AgentBytes.of(killed)).isEqualTo(AgentBytes.of(undisturbed));
    assertThat(kept).as("kills in the middle of the work").anyMatch(files -> files.contains("hea"));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("undisturbed", "killed", "suite.jsonl", "log");
    }
  }

  private Process start(Path suite, Path out) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-Xmx1g"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of("agent", "create", "--source", CLERK.toString()));
    command.addAll(List.of("--suite", suite.toString(), "--out", out.toString()));
    command.addAll(List.of("--max-components", "784", "--threshold", "0", "--threads", "1"));
    File log = folder.resolve("log").toFile();
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  private static int finish(Process process) throws InterruptedException {
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }

  /// The first items of the sample suite; fewer items make shorter healings.
  private Path smallSuite() throws IOException {
    Path suite = folder.resolve("suite.jsonl");
    try (Stream<String> lines = Files.lines(CLERK.resolve("suites").resolve("agreement.jsonl"))) {
      Files.write(suite, lines.limit(120).toList());
    }
    return suite;
  }

  private String kept() throws IOException {
    Path work = folder.resolve("killed.work");
    if (!Files.exists(work)) {
      return "nothing";
    }
    try (Stream<Path> files = Files.list(work)) {
      return String.join(" ", files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  private static void delete(Path agent) throws IOException {
    try (Stream<Path> files = Files.walk(agent)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
