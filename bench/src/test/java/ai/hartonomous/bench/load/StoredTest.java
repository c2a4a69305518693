package ai.hartonomous.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class StoredTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void whatARunChangesIsNotWhatWasSeeded(@TempDir Path folder) throws Exception {
    var stored = new Stored(folder);
    Path seeded = Files.createDirectories(stored.seed().resolve("data/database"));
    Files.writeString(seeded.resolve("h2"), "seeded");
    Path blobs = Files.createDirectories(stored.seed().resolve("data/blobs"));
    Files.writeString(blobs.resolve("ab"), "weights");
    Files.writeString(Files.createDirectories(folder.resolve("run/data")).resolve("old"), "old");

    Path copy = stored.copy();
    Files.writeString(copy.resolve("data/database/h2"), "changed");
    Files.delete(copy.resolve("data/blobs/ab"));

    assertThat(seeded.resolve("h2")).hasContent("seeded");
    assertThat(blobs.resolve("ab")).hasContent("weights");
    assertThat(copy.resolve("data/old")).doesNotExist();
  }
}
