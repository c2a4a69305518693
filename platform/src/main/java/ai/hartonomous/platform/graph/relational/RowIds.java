package ai.hartonomous.platform.graph.relational;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.UUID;

/// Ids of rows that follow from what the rows are, so that nothing can be stored twice: the first
/// 128 bits of a SHA-256, marked as a UUID of version 8 (RFC 9562, 5.8).
final class RowIds {

  private RowIds() {}

  static UUID feature(String user, String id) {
    return of("feature", user, id);
  }

  static UUID influence(UUID source, UUID target) {
    return of("influence", source.toString(), target.toString());
  }

  static UUID member(UUID circuit, UUID feature) {
    return of("member", circuit.toString(), feature.toString());
  }

  private static UUID of(String kind, String owner, String name) {
    MessageDigest digest = ContentHash.sha256();
    for (String part : new String[] {kind, owner, name}) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      // With its length in front, no two lists of parts look alike.
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      digest.update(bytes);
    }
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    long high = (hash.getLong() & ~0xf000L) | 0x8000L;
    long low = (hash.getLong() & ~(3L << 62)) | (1L << 63);
    return new UUID(high, low);
  }
}
