package ai.hartonomous.platform.store;

import ai.hartonomous.model.checkpoint.ContentHash;
import ai.hartonomous.platform.Settings;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Folders of binaries under the data folder.
/// - `incoming/<id>`: being written; emptied at every start
/// - `work/<id>`: what an unfinished job keeps to go on with
/// - `folders/<id>`: kept for a row of the database
/// - `blobs/<first two digits>/<SHA-256>`: every kept file once, by its content
///
/// A kept file is a hard link to its blob, so equal files take space once, and a blob whose only
/// name is its own belongs to nobody and is removed.
@Component
public class Folders {

  private final Path incoming;
  private final Path work;
  private final Path kept;
  private final Path blobs;
  private final ReentrantLock lock = new ReentrantLock();

  Folders(Settings settings) throws IOException {
    Path data = settings.data().toAbsolutePath().normalize();
    this.incoming = data.resolve("incoming");
    this.work = data.resolve("work");
    this.kept = data.resolve("folders");
    this.blobs = data.resolve("blobs");
    delete(incoming);
    for (Path folder : List.of(incoming, work, kept, blobs)) {
      Files.createDirectories(folder);
    }
  }

  /// A kept file.
  ///
  /// @param path its place in the folder, with `/` between names
  /// @param sha256 hash of its content, hexadecimal
  /// @param sizeBytes its length
  public record Binary(String path, String sha256, long sizeBytes) {}

  /// {@return a new empty folder to write to; its owner keeps or deletes it}
  ///
  /// @throws IOException if the disk refuses
  public Path create() throws IOException {
    return Files.createDirectory(incoming.resolve(UUID.randomUUID().toString()));
  }

  /// {@return the place where a job keeps what it needs to go on after the server stopped; the job
  /// makes and deletes it}
  ///
  /// @param job id of the job
  public Path work(UUID job) {
    return work.resolve(job.toString());
  }

  /// {@return the place of a kept folder}
  ///
  /// @param id its id
  public Path of(UUID id) {
    return kept.resolve(id.toString());
  }

  /// Keeps a written folder under an id.
  ///
  /// @param id the id, not used before
  /// @param written a folder below one that {@link #create} gave
  /// @return its files, sorted by path
  /// @throws IOException if the disk refuses; the folder is then where it was
  public List<Binary> keep(UUID id, Path written) throws IOException {
    var binaries = new ArrayList<Binary>();
    try (Stream<Path> files = Files.walk(written)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String path = written.relativize(file).toString().replace('\\', '/');
        binaries.add(new Binary(path, ContentHash.of(file), Files.size(file)));
      }
    }
    lock.lock();
    try {
      for (Binary binary : binaries) {
        link(written.resolve(binary.path()), blob(binary.sha256()));
      }
      Files.move(written, of(id), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      lock.unlock();
    }
    return binaries;
  }

  /// Keeps a written folder under an id together with what refers to it: if that cannot be stored,
  /// the folder goes again.
  ///
  /// @param id the id, not used before
  /// @param written a folder below one that {@link #create} gave
  /// @param store stores what refers to the folder, given its files
  /// @throws IOException if the disk refuses
  public void keep(UUID id, Path written, Consumer<List<Binary>> store) throws IOException {
    List<Binary> binaries = keep(id, written);
    boolean stored = false;
    try {
      store.accept(binaries);
      stored = true;
    } finally {
      if (!stored) {
        remove(id, binaries);
      }
    }
  }

  /// Removes a kept folder and the blobs that nothing else uses.
  ///
  /// @param id its id
  /// @param binaries its files
  /// @throws IOException if the disk refuses
  public void remove(UUID id, List<Binary> binaries) throws IOException {
    lock.lock();
    try {
      delete(of(id));
      for (Binary binary : binaries) {
        Path blob = blob(binary.sha256());
        if (Files.exists(blob) && (int) Files.getAttribute(blob, "unix:nlink") == 1) {
          Files.delete(blob);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Deletes a folder with everything in it; does nothing where there is none.
  ///
  /// @param folder the folder
  /// @throws IOException if the disk refuses
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private Path blob(String sha256) {
    return blobs.resolve(sha256.substring(0, 2)).resolve(sha256);
  }

  /// Makes `file` and `blob` two names of one content.
  private static void link(Path file, Path blob) throws IOException {
    if (Files.exists(blob)) {
      Files.delete(file);
      Files.createLink(file, blob);
      return;
    }
    Files.createDirectories(blob.getParent());
    Files.createLink(blob, file);
  }
}
