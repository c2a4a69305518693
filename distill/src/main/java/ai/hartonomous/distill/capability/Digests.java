package ai.hartonomous.distill.capability;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/// The one hash that suites use.
final class Digests {

  private Digests() {}

  /// {@return SHA-256 over lines, each with a line break, 64 hexadecimal digits}
  static String hash(List<String> lines) {
    MessageDigest digest = ContentHash.sha256();
    for (String line : lines) {
      digest.update((line + '\n').getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
