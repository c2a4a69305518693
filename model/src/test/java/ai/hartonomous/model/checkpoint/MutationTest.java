package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutationTest {
  private static final int MUTATIONS_OF_EACH = 120;
  private static final int GUARD_MINUTES = 10;

  @TempDir Path folder;

  /// Real checkpoints and tiny ones of every family and format, in a heap of 512 MiB.
  @Test
  void everyDamagedFileIsReadOrRefused() throws IOException, InterruptedException {
    String seed = System.getProperty("test.seed", "1");
    Path work = Files.createDirectory(folder.resolve("work"));
    Path log = folder.resolve("log.txt");
    Path data = Path.of(System.getProperty("repository.root", "..")).resolve("../shared/data");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-cp",
                    System.getProperty("java.class.path"),
                    MutationRun.class.getName(),
                    work.toString(),
                    data.normalize().toString(),
                    seed,
                    "" + MUTATIONS_OF_EACH))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();

    boolean ended = process.waitFor(GUARD_MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();
    String output = Files.readString(log);

    assertThat(ended).as("ended within %d minutes: %s", GUARD_MINUTES, output).isTrue();
    assertThat(figure(output, "surprises")).as("seed %s: %s", seed, output).isZero();
    assertThat(figure(output, "cases")).isGreaterThanOrEqualTo(2000);
    assertThat(figure(output, "loaded")).isPositive();
    assertThat(figure(output, "refused")).isPositive();
    // Processor time, so that a busy machine does not count.
    assertThat(figure(output, "worstCpuMillis")).isLessThan(1000);
    System.out.println(output.strip());
  }

  private static int figure(String output, String name) {
    Matcher matcher = Pattern.compile(name + "=(\\d+)").matcher(output);
    assertThat(matcher.find()).as("%s in: %s", name, output).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
