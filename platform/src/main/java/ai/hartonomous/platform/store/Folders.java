package ai.hartonomous.platform.store;

import ai.hartonomous.model.checkpoint.ContentHash;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Folders of binaries under the data folder; {@link StoreLayout} says where.
///
/// A kept file is a row of the database and a hard link to its blob. The rows of a folder come and
/// go in one transaction with what refers to it: a folder without rows is left over from a crash,
/// and the next start removes it.
@Component
public class Folders {

  private final StoreLayout layout;
  private final StoredFileRows rows;
  private final TransactionTemplate transaction;

  Folders(StoreLayout layout, StoredFileRows rows, TransactionTemplate transaction) {
    this.layout = layout;
    this.rows = rows;
    this.transaction = transaction;
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
    return Files.createDirectory(layout.incoming().resolve(UUID.randomUUID().toString()));
  }

  /// {@return the place where a job keeps what it needs to go on after the server stopped; the job
  /// makes and deletes it}
  ///
  /// @param job id of the job
  public Path work(UUID job) {
    return layout.work().resolve(job.toString());
  }

  /// {@return the folder of all such places}
  public Path work() {
    return layout.work();
  }

  /// {@return the place of a kept folder}
  ///
  /// @param id its id
  public Path of(UUID id) {
    return layout.folder(id);
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

  /// Keeps a written folder under an id together with what refers to it: both, or neither. Where
  /// the database fails while it commits, nobody knows which: the folder then stays, and the
  /// scrubber takes it away if it has no rows.
  ///
  /// @param id the id, not used before
  /// @param written a folder below one that {@link #create} gave
  /// @param store stores what refers to the folder, given its files sorted by path; it runs in the
  ///   transaction that stores the files
  /// @throws IOException if the disk refuses
  public void keep(UUID id, Path written, Consumer<List<Binary>> store) throws IOException {
    List<Binary> binaries = binaries(written);
    var sent = new AtomicBoolean();
    try {
      take(id, written, binaries);
      transaction.executeWithoutResult(
          _ -> {
            rows.saveAll(binaries.stream().map(it -> new StoredFileRow(id, it)).toList());
            store.accept(binaries);
            rows.flush(); // what the database refuses it refuses before the commit
            sent.set(true);
          });
    } finally {
      if (!sent.get()) {
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
    for (Binary binary : binaries) {
      layout.link(written.resolve(binary.path()), binary.sha256());
    }
    Files.move(written, of(id), StandardCopyOption.ATOMIC_MOVE);
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
    delete(of(id));
    for (Binary binary : binaries) {
      layout.removeUnused(binary.sha256());
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
}
