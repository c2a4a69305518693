package ai.hartonomous.platform.graph;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Names for circuits that came without one: the same features get the same name, so that storing
/// them again makes no second circuit.
final class CircuitNames {

  private static final int DIGITS = 16;

  private CircuitNames() {}

  static String of(CircuitDraft draft) {
    MessageDigest digest = ContentHash.sha256();
    for (String member : draft.members()) {
      digest.update(member.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0); // in no id
    }
    return "circuit-" + HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
  }
}
