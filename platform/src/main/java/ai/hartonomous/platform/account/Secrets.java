package ai.hartonomous.platform.account;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/// Secrets that this server draws: 256 random bits as 43 letters. They are stored as SHA-256. A
/// slow hash such as argon2 makes up for what people's passwords lack; nobody can try 2^256 texts,
/// so here it would only cost time at each request.
final class Secrets {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;

  private Secrets() {}

  /// {@return a new secret}
  ///
  /// @param prefix what it begins with, so that people and scanners know it
  static String draw(String prefix) {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// {@return the SHA-256 of a text in hexadecimal digits}
  static String hash(String text) {
    return ContentHash.of(text);
  }

  /// {@return whether a text has this hash, in a time that does not depend on the answer}
  static boolean matches(String text, String hash) {
    return MessageDigest.isEqual(
        hash(text).getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
  }
}
