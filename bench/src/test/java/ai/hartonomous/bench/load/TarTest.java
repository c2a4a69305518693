package ai.hartonomous.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TarTest {
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void theSystemsTarReadsIt(@TempDir Path folder) throws Exception {
    Path written = Files.createDirectory(folder.resolve("written"));
    Files.writeString(written.resolve("a.json"), "{}");
    Files.writeString(written.resolve("b.txt"), "x".repeat(512));
    Files.createFile(written.resolve("empty"));
    Path archive = Files.write(folder.resolve("all.tar"), Tar.of(written));
    Path read = Files.createDirectory(folder.resolve("read"));

    Commands.run(List.of("tar", "-C", read.toString(), "-xf", archive.toString()));

    assertThat(read.resolve("a.json")).hasContent("{}");
    assertThat(read.resolve("b.txt")).hasContent("x".repeat(512));
    assertThat(read.resolve("empty")).isEmptyFile();
    assertThat(read).isDirectoryContaining("glob:**/empty");
  }
}
