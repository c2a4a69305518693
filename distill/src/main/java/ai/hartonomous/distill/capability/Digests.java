package ai.hartonomous.distill.capability;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

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
}
