package ai.hartonomous.distill.capability;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// The one hash that suites use.
final class Digests {

  private Digests() {}

  /// {@return a new SHA-256, which every Java platform has}
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// {@return SHA-256 over lines, each with a line break, 64 hexadecimal digits}
  static String hash(List<String> lines) {
    MessageDigest digest = sha256();
    for (String line : lines) {
      digest.update((line + '\n').getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
