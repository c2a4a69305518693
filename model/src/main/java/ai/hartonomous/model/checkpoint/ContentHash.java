package ai.hartonomous.model.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// SHA-256 of what a file or a model is made of, as 64 hexadecimal digits. Files are read as
/// streams.
public final class ContentHash {
  private static final int CHUNK = 1 << 16;

  private ContentHash() {}

  /// {@return the hash of a file's bytes}
  ///
  /// @param file the file
  /// @throws IOException if it cannot be read
  public static String of(Path file) throws IOException {
    return of(List.of(file));
  }

  /// {@return the hash of files}
  ///
  /// @param files a single file: its bytes count alone; several: names and lengths too
  static String of(List<Path> files) throws IOException {
    MessageDigest digest = sha256();
    for (Path file : files) {
      if (files.size() > 1) {
        String head = file.getFileName() + "\0" + Files.size(file) + "\0";
        digest.update(head.getBytes(StandardCharsets.UTF_8));
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] chunk = new byte[CHUNK];
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
          digest.update(chunk, 0, read);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// {@return the hash of a text in UTF-8}
  ///
  /// @param text of any length
  public static String of(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// {@return the hash of mapped bytes}
  ///
  /// @param bytes of any length
  public static String of(MemorySegment bytes) {
    MessageDigest digest = sha256();
    for (long at = 0; at < bytes.byteSize(); at += Integer.MAX_VALUE) {
      long length = Math.min(Integer.MAX_VALUE, bytes.byteSize() - at);
      digest.update(bytes.asSlice(at, length).asByteBuffer());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /// {@return a new SHA-256, which every Java platform has}
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
