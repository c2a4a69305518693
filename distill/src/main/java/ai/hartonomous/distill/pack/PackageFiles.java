package ai.hartonomous.distill.pack;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The files of an agent's folder.
final class PackageFiles {
  /// Everything about the agent, and the hash of every other file.
  static final String MANIFEST = "manifest.json";

  /// The manifest's own hash, as `sha256sum` writes it.
  static final String MANIFEST_HASH = "manifest.sha256";

  /// One line for each kept component.
  static final String EVIDENCE = "evidence.jsonl";

  private PackageFiles() {}

  /// {@return every file but the manifest and its hash, by path with `/` between names, sorted}
  static List<String> list(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> folder.relativize(path).toString().replace('\\', '/'))
          .filter(name -> !name.equals(MANIFEST) && !name.equals(MANIFEST_HASH))
          .sorted()
          .toList();
    }
  }

  /// {@return what {@link #MANIFEST_HASH} holds for a manifest}
  static String hashLine(Path manifest) throws IOException {
    return ContentHash.of(manifest) + "  " + MANIFEST + "\n";
  }
}
