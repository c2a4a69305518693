package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.route.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The folder of an agent of several sources while it is being written. It grows beside its final
/// place under a hidden name and moves there as a whole; closing it before that removes it.
final class CompositeFolder implements AutoCloseable {
  private static final String AGENT = "agent";

  private final Path target;
  private final Path partial;

  private CompositeFolder(Path target, Path partial) {
    this.target = target;
    this.partial = partial;
  }

  static CompositeFolder begin(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new NotDirectoryException(target + " has no parent");
    }
    Files.createDirectories(parent);
    Path partial = Files.createTempDirectory(parent, "." + absolute.getFileName() + ".");
    Files.createDirectory(partial.resolve(AGENT));
    return new CompositeFolder(absolute, partial);
  }

  /// {@return the agent as it stands}
  Path agent() {
    return partial.resolve(AGENT);
  }

  /// {@return the place of an expert}
  Path expert(String name) {
    return agent().resolve(CompositeAgent.EXPERTS).resolve(name);
  }

  /// {@return the place of a file that is not part of the agent}
  Path scratch(String name) {
    return partial.resolve(name);
  }

  void writeRouter(Router router) throws IOException {
    router.write(agent().resolve(CompositeAgent.ROUTER));
  }

  void write(String name, String text) throws IOException {
    Files.writeString(agent().resolve(name), text);
  }

  /// {@return SHA-256 of every file by its path in the folder, with `/` between names}
  SortedMap<String, String> hashes() throws IOException {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (Path file : walk(agent())) {
      if (Files.isRegularFile(file)) {
        hashes.put(agent().relativize(file).toString().replace('\\', '/'), hash(file));
      }
    }
    return hashes;
  }

  /// Moves the whole to its place.
  Path publish() throws IOException {
    return Files.move(agent(), target, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Moves the only expert to its place.
  Path publish(String expert) throws IOException {
    return Files.move(expert(expert), target, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Removes whatever was not published.
  @Override
  public void close() throws IOException {
    for (Path path : walk(partial).reversed()) {
      Files.delete(path);
    }
  }

  private static List<Path> walk(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted(Comparator.naturalOrder()).toList();
    }
  }

  private static String hash(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
