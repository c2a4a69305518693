package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real processes that SIGKILL ends at ten chance points each; what they leave in the end has the
/// bytes of an undisturbed run.
@Tag("slow")
class KilledProcessTest extends CommandFixture {
  private static final int KILLS = 10;

  /// Exit code of a process that signal 9 ended.
  private static final int KILLED = 128 + 9;

  private static final String CLERK =
      Path.of(System.getProperty("repository.root"), "samples/models/clerk").toString();

  @TempDir private Path temporary;

  private String line(String... parts) throws IOException {
    var random = new SplittableRandom(5);
    var text = new StringBuilder();
    for (int d = 0; d < 600; d++) {
      text.append("SQL: number of cars in Warsaw => ").append(random.nextInt(10_000));
      text.append("VERB: the dog ").append(random.nextInt(10_000)).append("<|endoftext|>");
    }
    Path file = Files.writeString(temporary.resolve("text.txt"), text);
    return String.join(" ", parts).replace("CLERK", CLERK).replace("TEXT", file.toString());
  }

  @Test
  void trainingComesToTheSameWeights() throws Exception {
    String line =
        line(
            "transcoder train CLERK --corpus TEXT --layers 0,3 --latents 64 --k 4 --batch 32",
            "--length 64 --steps 900 --keep-every 3 --threads 1 --seed 4 --resume --out ");
    Path whole = temporary.resolve("whole");
    Path killed = temporary.resolve("killed");
    Path state = temporary.resolve("killed.state");
    assertThat(run((line + whole).split(" "))).as(err).isZero();

    killTenTimes(line + killed, state, new SplittableRandom(3));

    assertThat(killed).doesNotExist();
    assertThat(run((line + killed).split(" "))).as(err).isZero();
    assertThat(Report.written(killed)).hasSizeGreaterThan(2).isEqualTo(Report.written(whole));
  }

  @Test
  void captureComesToTheSameFiles() throws Exception {
    String line =
        line(
            "capture CLERK --corpus TEXT --length 64 --rows-per-shard 16 --budget 1G --threads 1",
            "--points layers.0.mlp_input,layers.3.residual_after --out ");
    Path whole = temporary.resolve("whole");
    Path killed = temporary.resolve("killed");
    assertThat(run((line + whole).split(" "))).as(err).isZero();

    killTenTimes(line + killed, killed, new SplittableRandom(6));

    assertThat(killed.resolve("manifest.json")).doesNotExist();
    assertThat(run((line + killed).split(" "))).as(err).isZero();
    assertThat(Report.written(killed)).hasSizeGreaterThan(200).isEqualTo(Report.written(whole));
  }

  /// Lets a process work until what it keeps has changed a few times, and a little longer, so that
  /// the kill falls anywhere: into computing or into writing.
  private void killTenTimes(String line, Path kept, SplittableRandom random) throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      int changes = random.nextInt(2, 8);
      long extraNanos = random.nextLong(8_000_000);
      Path log = temporary.resolve("log");
      Process process =
          new ProcessBuilder(command(line))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        String seen = look(kept);
        while (changes > 0 && process.isAlive()) {
          LockSupport.parkNanos(200_000);
          String now = look(kept);
          changes -= now.equals(seen) ? 0 : 1;
          seen = now;
        }
        LockSupport.parkNanos(extraNanos);
      } finally {
        process.destroyForcibly().waitFor();
      }
      assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(KILLED);
    }
  }

  /// {@return what tells one state of a file, or one number of files in a folder, from the next}
  private static String look(Path kept) throws IOException {
    if (Files.isDirectory(kept)) {
      try (Stream<Path> files = Files.list(kept)) {
        return "" + files.filter(file -> file.toString().endsWith(".safetensors")).count();
      }
    }
    return Files.exists(kept) ? "" + Files.getLastModifiedTime(kept) : "";
  }

  private static List<String> command(String line) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(line.split(" ")));
    return command;
  }
}
