package ai.hartonomous.distill.capability;

import java.nio.charset.StandardCharsets;

/// One question of a suite.
///
/// @param id name, unique in its suite
/// @param capability what it measures
/// @param prompt text that the model reads
/// @param answer text that has to follow directly, up to the end of the line
/// @param split part of the suite it belongs to
public record CapabilityItem(
    String id, String capability, String prompt, String answer, Split split) {

  /// Parts of a suite.
  public enum Split {
    /// For choosing components, healing and early stopping.
    CALIBRATION("calibration"),
    /// For the final figures only.
    HELD_OUT("held_out");

    private final String label;

    Split(String label) {
      this.label = label;
    }

    /// {@return the name in suite files}
    public String label() {
      return label;
    }

    /// {@return the part that an item without a `split` field belongs to: the lowest bit of the
    /// first byte of the SHA-256 of its id, so that adding items moves none}
    ///
    /// @param id name of the item
    public static Split of(String id) {
      byte first = Digests.sha256().digest(id.getBytes(StandardCharsets.UTF_8))[0];
      return (first & 1) == 0 ? CALIBRATION : HELD_OUT;
    }
  }

  /// Checks the texts.
  ///
  /// @throws IllegalArgumentException if a text is blank, or the answer has a line break
  public CapabilityItem {
    check("id", id);
    check("capability", capability);
    check("prompt", prompt);
    check("answer", answer);
    if (answer.strip().indexOf('\n') >= 0) {
      throw new IllegalArgumentException("field \"answer\" has more than one line");
    }
  }

  private static void check(String field, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("field \"" + field + "\" is blank");
    }
  }
}
