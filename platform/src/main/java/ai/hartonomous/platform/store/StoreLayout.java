package ai.hartonomous.platform.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/// Where binaries are in the data folder.
/// - `incoming/<id>`: being written
/// - `work/<id>`: what an unfinished job keeps to go on with
/// - `folders/<id>`: kept for a row of the database
/// - `blobs/<first two digits>/<SHA-256>`: every kept file once, by its content
/// - `damaged/<SHA-256>`: content that no longer has its hash
/// - `probes/<SHA-256 of a manifest>.<digits>`: what an agent did on the probe texts, which can be
///   measured again
///
/// A kept file is a hard link to its blob, so equal files take space once, and the file system
/// counts in how many places the content is in use.
///
/// @param incoming folder of uploads and of results that are being written
/// @param work folder of unfinished jobs
/// @param kept folder of kept folders
/// @param blobs folder of contents
/// @param damaged folder of contents that rotted
/// @param probes folder of agents' responses to the probe texts
public record StoreLayout(
    Path incoming, Path work, Path kept, Path blobs, Path damaged, Path probes) {

  private static final int ATTEMPTS = 100;

  /// {@return the layout of a data folder}
  ///
  /// @param dataFolder the data folder
  public static StoreLayout in(Path dataFolder) {
    Path data = dataFolder.toAbsolutePath().normalize();
    return new StoreLayout(
        data.resolve("incoming"),
        data.resolve("work"),
        data.resolve("folders"),
        data.resolve("blobs"),
        data.resolve("damaged"),
        data.resolve("probes"));
  }

  /// Makes the folders that are not there.
  ///
  /// @throws IOException if the disk refuses
  public void create() throws IOException {
    for (Path folder : new Path[] {incoming, work, kept, blobs, damaged, probes}) {
      Files.createDirectories(folder);
    }
  }

  /// {@return the place of a content}
  ///
  /// @param sha256 its hash, 64 hexadecimal digits
  public Path blob(String sha256) {
    return blobs.resolve(sha256.substring(0, 2)).resolve(sha256);
  }

  /// {@return the place of a kept folder}
  ///
  /// @param id its id
  public Path folder(UUID id) {
    return kept.resolve(id.toString());
  }

  /// Makes a file and its blob two names of one content. Safe against another process that removes
  /// the blob meanwhile because nothing used it.
  ///
  /// @param file a file with that content
  /// @param sha256 its hash
  /// @throws IOException if the disk refuses
  public void link(Path file, String sha256) throws IOException {
    Path blob = blob(sha256);
    Files.createDirectories(blob.getParent());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        Files.createLink(blob, file);
        return;
      } catch (FileAlreadyExistsException _) {
        if (replace(file, blob)) {
          return;
        }
      }
    }
    throw new IOException("the blob of %s comes and goes".formatted(file.getFileName()));
  }

  /// Makes `file` another name of `blob`; false if the blob is gone by now.
  private static boolean replace(Path file, Path blob) throws IOException {
    Path name = file.resolveSibling("." + UUID.randomUUID());
    try {
      Files.createLink(name, blob);
    } catch (NoSuchFileException _) {
      return false;
    }
    Files.move(name, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(name); // two names of one content: the move does nothing
    return true;
  }

  /// Removes a blob that no folder uses.
  ///
  /// @param sha256 its hash
  /// @return whether it was there and unused
  /// @throws IOException if the disk refuses
  public boolean removeUnused(String sha256) throws IOException {
    Path blob = blob(sha256);
    try {
      if ((int) Files.getAttribute(blob, "unix:nlink") > 1) {
        return false;
      }
    } catch (NoSuchFileException _) {
      return false;
    }
    return Files.deleteIfExists(blob);
  }
}
