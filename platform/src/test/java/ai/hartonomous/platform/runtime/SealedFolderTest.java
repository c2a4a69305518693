package ai.hartonomous.platform.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.pack.PackageException;
import ai.hartonomous.model.checkpoint.ContentHash;
import ai.hartonomous.platform.deployment.SealedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedFolderTest {

  @TempDir private Path folder;

  @BeforeEach
  void seal() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}");
    Files.writeString(
        Files.createDirectories(folder.resolve("experts/1-a")).resolve("weights"), "abc");
    Sealed.seal(folder);
  }

  @Test
  void anIntactFolderHasTheHashOfItsManifest() throws IOException {
    assertThat(SealedFolder.check(folder))
        .isEqualTo(ContentHash.of(folder.resolve("manifest.json")));
  }

  @Test
  void aFlippedByteIsFound() throws IOException {
    Files.writeString(folder.resolve("experts/1-a/weights"), "abd");

    assertThatThrownBy(() -> SealedFolder.check(folder))
        .isInstanceOf(PackageException.class)
        .hasMessageContaining("experts/1-a/weights at its SHA-256: expected ba7816bf");
  }

  @Test
  void aFileThatIsGoneIsFound() throws IOException {
    Files.delete(folder.resolve("config.json"));

    assertThatThrownBy(() -> SealedFolder.check(folder))
        .hasMessageContaining("config.json")
        .hasMessageEndingWith("found no such file");
  }

  @Test
  void aFileThatWasAddedIsFound() throws IOException {
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ 1 }}");

    assertThatThrownBy(() -> SealedFolder.check(folder))
        .hasMessageContaining("chat_template.jinja at its SHA-256: expected no such file");
  }

  @Test
  void aChangedManifestIsFound() throws IOException {
    Path manifest = folder.resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest) + " ");

    assertThatThrownBy(() -> SealedFolder.check(folder))
        .hasMessageContaining("manifest.json at its SHA-256");
  }

  @Test
  void aFolderWithoutManifestIsNoAgent() throws IOException {
    Files.delete(folder.resolve("manifest.json"));

    assertThatThrownBy(() -> SealedFolder.check(folder))
        .hasMessageContaining("expected the manifest of an agent, found no such file");
  }

  @Test
  void aManifestThatIsNoJsonIsSaidToBeNone() throws IOException {
    Path manifest = folder.resolve("manifest.json");
    Files.writeString(manifest, "hello");
    Files.writeString(
        folder.resolve("manifest.sha256"), ContentHash.of(manifest) + "  manifest.json\n");

    assertThatThrownBy(() -> SealedFolder.check(folder)).hasMessageContaining("expected JSON");
  }
}
