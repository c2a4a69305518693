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
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Folders of binaries under the data folder.
/// - `incoming/<id>`: being written; emptied at every start
/// - `work/<id>`: what an unfinished job keeps to go on with
/// - `folders/<id>`: kept for a row of the database
/// - `blobs/<first two digits>/<SHA-256>`: every kept file once, by its content
///
/// A kept file is a row of the database and a hard link to its blob, so equal files take space
/// once, and a blob whose only name is its own belongs to nobody and is removed. The rows of a
/// folder come and go in one transaction with what refers to it: a folder without rows is left over
/// from a crash, and the next start removes it.
@Component
public class Folders {

  private final Path incoming;
  private final Path work;
  private final Path kept;
  private final Path blobs;
  private final StoredFileRows rows;
  private final TransactionTemplate transaction;
  private final ReentrantLock lock = new ReentrantLock();

  Folders(Settings settings, StoredFileRows rows, TransactionTemplate transaction)
      throws IOException {
    this.rows = rows;
    this.transaction = transaction;
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

  /// {@return the folder of all such places}
  public Path work() {
    return work;
  }

  /// {@return the place of a kept folder}
  ///
  /// @param id its id
  public Path of(UUID id) {
    return kept.resolve(id.toString());
  }

  /// {@return the files of a kept folder of the user, sorted by path; none where there is no such}
  ///
  /// @param id its id
  public List<Binary> files(UUID id) {
    return rows.findByFolderIdOrderByPath(id).stream().map(StoredFileRow::binary).toList();
  }

  /// {@return one file of a kept folder of the user}
  ///
  /// @param id id of the folder
  /// @param path place of the file in the folder
  public Optional<Binary> file(UUID id, String path) {
    return rows.findFirstByFolderIdAndPath(id, path).map(StoredFileRow::binary);
  }

  /// Keeps a written folder under an id together with what refers to it: both, or neither.
  ///
  /// @param id the id, not used before
  /// @param written a folder below one that {@link #create} gave
  /// @param store stores what refers to the folder, given its files sorted by path; it runs in the
  ///   transaction that stores the files
  /// @throws IOException if the disk refuses
  public void keep(UUID id, Path written, Consumer<List<Binary>> store) throws IOException {
    List<Binary> binaries = binaries(written);
    boolean stored = false;
    try {
      take(id, written, binaries);
      transaction.executeWithoutResult(
          _ -> {
            rows.saveAll(binaries.stream().map(it -> new StoredFileRow(id, it)).toList());
            store.accept(binaries);
          });
      stored = true;
    } finally {
      if (!stored) {
        drop(id, binaries);
      }
    }
  }

  private static List<Binary> binaries(Path written) throws IOException {
    var binaries = new ArrayList<Binary>();
    try (Stream<Path> files = Files.walk(written)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String path = written.relativize(file).toString().replace('\\', '/');
        binaries.add(new Binary(path, ContentHash.of(file), Files.size(file)));
      }
    }
    return binaries;
  }

  /// Gives a written folder its place and its files their blobs.
  private void take(UUID id, Path written, List<Binary> binaries) throws IOException {
    lock.lock();
    try {
      for (Binary binary : binaries) {
        link(written.resolve(binary.path()), blob(binary.sha256()));
      }
      Files.move(written, of(id), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      lock.unlock();
    }
  }

  /// Removes a kept folder of the user together with what refers to it, and the blobs that nothing
  /// else uses.
  ///
  /// @param id its id
  /// @param forget removes what refers to the folder; it runs in the transaction that removes the
  ///   files' rows, and nothing is removed if it fails
  /// @throws IOException if the disk refuses; the folder then waits for the scrubber
  public void remove(UUID id, Runnable forget) throws IOException {
    List<Binary> binaries =
        transaction.execute(
            _ -> {
              List<Binary> files = files(id);
              forget.run();
              rows.deleteByFolder(id);
              return files;
            });
    drop(id, binaries);
  }

  /// Takes a folder, and blobs that nothing else uses, from the disk.
  private void drop(UUID id, List<Binary> binaries) throws IOException {
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
