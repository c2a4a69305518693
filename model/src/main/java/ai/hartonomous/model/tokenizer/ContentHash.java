package ai.hartonomous.model.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// SHA-256 over the parts of a vocabulary, each with its length before it, so that no two
/// vocabularies run together.
final class ContentHash {

  private final MessageDigest digest;

  ContentHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// {@return the hash of scored pieces}
  static String of(List<Piece> pieces) {
    var hash = new ContentHash();
    for (Piece piece : pieces) {
      hash.add(piece.text());
      hash.add(piece.type().code());
      hash.add(Float.floatToIntBits(piece.score()));
    }
    return hash.hex();
  }

  /// {@return the hash of tokens and their merges}
  static String of(List<String> tokens, List<String> merges) {
    var hash = new ContentHash();
    tokens.forEach(hash::add);
    hash.add(tokens.size());
    merges.forEach(hash::add);
    return hash.hex();
  }

  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    add(bytes.length);
    digest.update(bytes);
  }

  private void add(int number) {
    digest.update(ByteBuffer.allocate(4).putInt(number).array());
  }

  private String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
