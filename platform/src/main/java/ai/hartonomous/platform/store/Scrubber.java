package ai.hartonomous.platform.store;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.sql.DataSource;

/// Compares the rows of kept files with the disk, of all users. It mends what can be mended: takes
/// away folders and contents that no row wants, gives a file its content back where that is stored
/// under its hash. What is lost or rotten it reports; rotten content goes to `damaged`, so that no
/// later upload shares it.
public final class Scrubber {

  private static final int FETCH = 1_000;
  private static final int LISTED = 1_000;
  private static final String MANIFEST = "manifest.json";
  private static final String FILES =
      "select folder_id, path, sha256, size_bytes from stored_file where deleted = ?"
          + " order by folder_id, path";

  private final DataSource database;
  private final StoreLayout layout;
  private final Duration age;

  /// A scrubber.
  ///
  /// @param database has the rows
  /// @param layout has the files
  /// @param age how old a thing without a row must be before it is taken away: zero where no other
  ///   process works on the folder, else longer than any upload takes
  public Scrubber(DataSource database, StoreLayout layout, Duration age) {
    this.database = database;
    this.layout = layout;
    this.age = age;
  }

  /// A file that is not what its row says.
  ///
  /// @param folder id of its folder
  /// @param path its place in the folder
  /// @param sha256 the hash it should have
  public record Finding(UUID folder, String path, String sha256) {}

  /// What was found. Lists have the first 1,000.
  ///
  /// @param files files that rows name
  /// @param bytes of contents that were read
  /// @param rotten files whose content has another hash
  /// @param missing files that are gone, and whose content is nowhere
  /// @param relinked files that got their content back
  /// @param folders folders without rows that were taken away
  /// @param blobs contents in no use that were taken away
  public record Report(
      long files,
      long bytes,
      List<Finding> rotten,
      List<Finding> missing,
      int relinked,
      int folders,
      int blobs) {

    /// {@return whether every file is what its row says}
    public boolean sound() {
      return rotten.isEmpty() && missing.isEmpty();
    }
  }

  /// Takes away what a crash left over. Reads no file.
  ///
  /// @return how many folders and blobs were taken away
  /// @throws IOException if the disk or the database refuses
  public int sweep() throws IOException {
    int uploads = removeOld(layout.incoming(), _ -> false);
    Owned owned = owned();
    return uploads
        + removeOld(layout.kept(), owned::isFolder)
        + unused()
        + removeOld(layout.probes(), owned::isProbed);
  }

  /// Reads every stored content and compares.
  ///
  /// @return what was found
  /// @throws IOException if the disk or the database refuses
  public Report scrub() throws IOException {
    removeOld(layout.incoming(), _ -> false);
    Owned owned = owned();
    int folders = removeOld(layout.kept(), owned::isFolder);
    int blobs = unused();
    removeOld(layout.probes(), owned::isProbed);
    var contents = new Contents();
    contents.read();
    var check = new Check(contents.good);
    check.run();
    return new Report(
        check.files,
        contents.bytes + check.bytes,
        List.copyOf(check.rotten),
        List.copyOf(check.missing),
        check.relinked,
        folders,
        blobs);
  }

  private Owned owned() throws IOException {
    var owned = new Owned(new HashSet<>(), new HashSet<>());
    rows(owned::add);
    return owned;
  }

  /// What rows refer to.
  ///
  /// @param folders names of folders
  /// @param manifests hashes of the manifests of agents
  private record Owned(Set<String> folders, Set<String> manifests) {

    void add(Row row) {
      folders.add(row.folder().toString());
      if (row.path().equals(MANIFEST)) {
        manifests.add(row.sha256());
      }
    }

    boolean isFolder(Path folder) {
      return folders.contains(folder.getFileName().toString());
    }

    /// Whether responses to the probe texts are of an agent that there is.
    boolean isProbed(Path responses) {
      String name = responses.getFileName().toString();
      return manifests.contains(name.substring(0, Math.max(0, name.indexOf('.'))));
    }
  }

  /// What is done with each row.
  private interface Rows {
    void accept(Row row) throws IOException;
  }

  private record Row(UUID folder, String path, String sha256, long size) {
    Finding finding() {
      return new Finding(folder, path, sha256);
    }
  }

  /// All users' files: this work is on nobody's behalf, so it asks past the tenants' filter.
  private void rows(Rows rows) throws IOException {
    try (Connection connection = database.getConnection()) {
      boolean before = connection.getAutoCommit();
      connection.setAutoCommit(false); // PostgreSQL streams only so
      try (PreparedStatement statement = connection.prepareStatement(FILES)) {
        statement.setFetchSize(FETCH);
        statement.setBoolean(1, false);
        try (ResultSet found = statement.executeQuery()) {
          while (found.next()) {
            rows.accept(
                new Row(
                    UUID.fromString(found.getString(1)),
                    found.getString(2),
                    found.getString(3),
                    found.getLong(4)));
          }
        }
      } finally {
        connection.rollback();
        connection.setAutoCommit(before);
      }
    } catch (SQLException e) {
      throw new IOException("the database does not list the stored files: " + e.getMessage(), e);
    }
  }

  private int removeOld(Path parent, Predicate<Path> owned) throws IOException {
    if (!Files.isDirectory(parent)) {
      return 0;
    }
    int removed = 0;
    List<Path> folders;
    try (Stream<Path> found = Files.list(parent)) {
      folders = found.toList();
    }
    for (Path folder : folders) {
      if (!owned.test(folder) && old(folder)) {
        Folders.delete(folder);
        removed++;
      }
    }
    return removed;
  }

  private boolean old(Path path) throws IOException {
    try {
      Instant changed = Files.getLastModifiedTime(path).toInstant();
      return age.isZero() || changed.isBefore(Instant.now().minus(age));
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  private int unused() throws IOException {
    int removed = 0;
    for (Path blob : blobs()) {
      if (old(blob) && layout.removeUnused(blob.getFileName().toString())) {
        removed++;
      }
    }
    return removed;
  }

  private List<Path> blobs() throws IOException {
    if (!Files.isDirectory(layout.blobs())) {
      return List.of();
    }
    try (Stream<Path> found = Files.walk(layout.blobs(), 2)) {
      return found.filter(Files::isRegularFile).toList();
    }
  }

  /// The pass over the contents.
  private final class Contents {
    private final Set<String> good = new HashSet<>();
    private long bytes;

    private void read() throws IOException {
      for (Path blob : blobs()) {
        String name = blob.getFileName().toString();
        try {
          bytes += Files.size(blob);
          if (ContentHash.of(blob).equals(name)) {
            good.add(name);
          } else {
            Files.createDirectories(layout.damaged());
            Files.move(blob, layout.damaged().resolve(name), StandardCopyOption.REPLACE_EXISTING);
          }
        } catch (NoSuchFileException _) {
          // Went out of use meanwhile.
        }
      }
    }
  }

  /// The pass over the rows.
  private final class Check {
    private final Set<String> good;
    private final List<Finding> rotten = new ArrayList<>();
    private final List<Finding> missing = new ArrayList<>();
    private final Set<String> lost = new HashSet<>();
    private long files;
    private long bytes;
    private int relinked;

    private Check(Set<String> good) {
      this.good = good;
    }

    private void run() throws IOException {
      rows(this::check);
      confirm();
      try (Stream<Path> damaged = Files.list(layout.damaged())) {
        for (Path content : damaged.toList()) {
          if (!lost.contains(content.getFileName().toString())) {
            Files.delete(content); // every file that had it has good content again, or is gone
          }
        }
      }
    }

    private void check(Row row) throws IOException {
      try {
        compare(row);
      } catch (NoSuchFileException _) {
        report(missing, row); // until confirmed
      }
    }

    private void compare(Row row) throws IOException {
      files++;
      Path file = layout.folder(row.folder()).resolve(row.path());
      Path blob = layout.blob(row.sha256());
      boolean there = Files.isRegularFile(file);
      if (good.contains(row.sha256())) {
        if (!there || !Files.isSameFile(file, blob)) {
          restore(file, row.sha256());
        }
      } else if (!there) {
        report(missing, row);
      } else if (sound(file, row)) {
        if (!Files.exists(blob)) {
          layout.link(file, row.sha256());
          relinked++;
        }
        good.add(row.sha256());
      } else {
        report(rotten, row);
      }
    }

    /// Forgets findings about files that were removed while this was reading.
    private void confirm() throws IOException {
      if (rotten.isEmpty() && missing.isEmpty()) {
        return;
      }
      var still = new HashSet<Finding>();
      rows(row -> still.add(row.finding()));
      rotten.retainAll(still);
      missing.retainAll(still);
    }

    private boolean sound(Path file, Row row) throws IOException {
      bytes += Files.size(file);
      return Files.size(file) == row.size() && ContentHash.of(file).equals(row.sha256());
    }

    private void restore(Path file, String sha256) throws IOException {
      Files.createDirectories(file.getParent());
      Files.deleteIfExists(file);
      Files.createLink(file, layout.blob(sha256));
      relinked++;
    }

    private void report(List<Finding> list, Row row) {
      lost.add(row.sha256());
      if (list.size() < LISTED) {
        list.add(row.finding());
      }
    }
  }
}
