package ai.hartonomous.platform.backup;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Copies a content and hashes what it writes.
final class CheckedCopy {

  private CheckedCopy() {}

  /// Copies a file whose hash is known. The copy is complete and right, or is not there.
  ///
  /// @param source the file
  /// @param target the copy
  /// @param sha256 hash of the content, hexadecimal
  /// @throws IOException if the source has another hash, or the disk refuses
  static void of(Path source, Path target, String sha256) throws IOException {
    MessageDigest digest = ContentHash.sha256();
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    try (InputStream in = Files.newInputStream(source);
        OutputStream file = Files.newOutputStream(partial);
        OutputStream out = new DigestOutputStream(file, digest)) {
      in.transferTo(out);
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(sha256)) {
      Files.delete(partial);
      throw new IOException("%s is damaged: its SHA-256 is %s".formatted(source, found));
    }
    Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
  }
}
