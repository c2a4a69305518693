package ai.hartonomous.platform.deployment;

import ai.hartonomous.distill.pack.PackageException;
import ai.hartonomous.model.checkpoint.ContentHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A packed agent's folder whose manifest holds the hash of every file. Nothing is measured again,
/// as `agent verify` does; that the bytes are those that were measured is what counts here.
public final class SealedFolder {

  /// The manifest's own hash, as `sha256sum` writes it.
  private static final String MANIFEST_HASH = "manifest.sha256";

  private static final long MOST_HASH_BYTES = 1024;
  private static final long MOST_MANIFEST_BYTES = 1L << 28;

  private SealedFolder() {}

  /// Compares every byte of a folder with its manifest.
  ///
  /// @param folder a packed agent, of one source or several
  /// @return SHA-256 of the manifest, hexadecimal
  /// @throws PackageException if a file was changed, added or removed, or there is no manifest
  /// @throws IOException if a file cannot be read
  public static String check(Path folder) throws IOException {
    Path manifest = folder.resolve(AgentLoader.MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      throw new PackageException(manifest, "folder", "the manifest of an agent", "no such file");
    }
    String hash = ContentHash.of(manifest);
    Path own = folder.resolve(MANIFEST_HASH);
    String stored =
        Files.isRegularFile(own) && Files.size(own) <= MOST_HASH_BYTES
            ? new String(Files.readAllBytes(own), StandardCharsets.ISO_8859_1)
            : "no such file, or a large one";
    if (!stored.equals("%s  %s\n".formatted(hash, AgentLoader.MANIFEST))) {
      throw new PackageException(manifest, "its SHA-256", stored.strip(), hash);
    }
    JsonNode hashes = read(manifest).path("files");
    Set<String> names = new TreeSet<>(hashes.propertyNames());
    Set<String> there = files(folder);
    names.addAll(there);
    for (String name : names) {
      Path file = resolved(folder, name);
      String wanted = hashes.path(name).asString("no such file");
      String found = there.contains(name) ? ContentHash.of(file) : "no such file";
      if (!wanted.equals(found)) {
        throw new PackageException(file, "its SHA-256", wanted, found);
      }
    }
    return hash;
  }

  private static Path resolved(Path folder, String name) throws PackageException {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      var failure =
          new PackageException(
              folder.resolve(AgentLoader.MANIFEST),
              "files",
              "names of files",
              PackageException.quote(name));
      failure.initCause(e);
      throw failure;
    }
  }

  private static JsonNode read(Path manifest) throws IOException {
    long size = Files.size(manifest);
    if (size > MOST_MANIFEST_BYTES) {
      throw new PackageException(manifest, "its end", "at most 256 MiB", size + " bytes");
    }
    try {
      return JsonMapper.shared().readTree(Files.readAllBytes(manifest));
    } catch (JacksonException e) {
      var failure = new PackageException(manifest, "its text", "JSON", "something else");
      failure.initCause(e);
      throw failure;
    }
  }

  /// {@return every file but the manifest and its hash, with `/` between names}
  private static Set<String> files(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> folder.relativize(path).toString().replace('\\', '/'))
          .filter(name -> !name.equals(AgentLoader.MANIFEST) && !name.equals(MANIFEST_HASH))
          .collect(Collectors.toSet());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
