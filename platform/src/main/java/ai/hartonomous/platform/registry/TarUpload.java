package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// A checkpoint folder as a tar archive, read as it arrives. Refused are links, devices, sparse
/// files, names that lead out of the folder or come twice, and more or larger entries than allowed.
record TarUpload(InputStream body, Settings.Uploads limits) implements ImportSource {

  private static final int MAX_DEPTH = 4;
  private static final int MAX_HEADERS =
      1 << 16; // long names and attributes of one entry, in bytes

  @Override
  public Path writeTo(Path folder) throws IOException {
    var counted = new EntryBudget(new BufferedInputStream(body, 1 << 16));
    long total = 0;
    int entries = 0;
    try (var tar = new TarArchiveInputStream(counted, "UTF-8")) {
      for (var entry = next(tar, counted); entry != null; entry = next(tar, counted)) {
        if (++entries > limits.maxFiles()) {
          throw Problem.tooLarge("The archive has more than %d entries.".formatted(entries - 1));
        }
        Path target = target(folder, entry);
        if (entry.isDirectory()) {
          Files.createDirectories(target);
          continue;
        }
        total = Math.addExact(total, checkedSize(entry));
        if (total > limits.maxSize().toBytes()) {
          throw Problem.tooLarge("The archive is larger than " + limits.maxSize() + ".");
        }
        counted.allow(entry.getSize());
        Files.createDirectories(target.getParent());
        copy(tar, entry, target);
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw refused("is not a tar archive: " + e.getMessage());
    }
    return root(folder);
  }

  private static TarArchiveEntry next(TarArchiveInputStream tar, EntryBudget counted)
      throws IOException {
    counted.allow(MAX_HEADERS);
    try {
      return tar.getNextEntry();
    } catch (IOException e) {
      throw counted.ended()
          ? refused("ends in the middle of an entry")
          : refused("is not a tar archive: " + e.getMessage());
    }
  }

  private static void copy(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    if (Files.exists(target)) {
      throw refused("has the entry %s twice".formatted(shown(entry)));
    }
    try (OutputStream out = Files.newOutputStream(target)) {
      byte[] buffer = new byte[1 << 16];
      for (int read = read(tar, buffer, entry); read >= 0; read = read(tar, buffer, entry)) {
        out.write(buffer, 0, read);
      }
    }
  }

  private static int read(TarArchiveInputStream tar, byte[] buffer, TarArchiveEntry entry) {
    try {
      return tar.read(buffer);
    } catch (IOException _) { // the archive's end, or the client's
      throw refused("ends in the middle of " + shown(entry));
    }
  }

  private long checkedSize(TarArchiveEntry entry) {
    long size = entry.getSize();
    if (size < 0) {
      throw refused("has an entry of negative size");
    }
    if (size > limits.maxFileSize().toBytes()) {
      throw Problem.tooLarge(
          "The entry %s is larger than %s.".formatted(shown(entry), limits.maxFileSize()));
    }
    return size;
  }

  /// {@return where an entry goes: inside the folder, or not at all}
  private static Path target(Path folder, TarArchiveEntry entry) {
    if (entry.isSymbolicLink() || entry.isLink() || !(entry.isDirectory() || entry.isFile())) {
      throw refused("has a link or device at " + shown(entry));
    }
    if (entry.isSparse()) {
      throw refused("has a sparse file at " + shown(entry));
    }
    Path target = folder;
    String name = entry.getName();
    if (name.startsWith("/")) {
      throw refused("has the absolute path " + shown(entry));
    }
    for (String part : name.split("/")) {
      if (!part.equals(".")) {
        target = target.resolve(FileNames.checked(part));
      }
    }
    if (folder.relativize(target).getNameCount() > MAX_DEPTH) {
      throw refused("is deeper than %d folders at %s".formatted(MAX_DEPTH, shown(entry)));
    }
    return target;
  }

  /// {@return the folder with the files: a single folder on top is stepped into}
  private static Path root(Path folder) throws IOException {
    Path root = folder;
    while (true) {
      List<Path> content;
      try (Stream<Path> files = Files.list(root)) {
        content = files.limit(2).toList();
      }
      if (content.isEmpty()) {
        throw refused("is empty");
      }
      if (content.size() > 1 || !Files.isDirectory(content.getFirst())) {
        return root;
      }
      root = content.getFirst();
    }
  }

  private static String shown(TarArchiveEntry entry) {
    String name = entry.getName().replaceAll("\\p{Cntrl}", "?");
    return name.length() > 100 ? name.substring(0, 100) + "..." : name;
  }

  private static ProblemException refused(String why) {
    return Problem.unprocessable("archive", "The archive " + why + ".");
  }
}
