package ai.hartonomous.distill.capability;

import ai.hartonomous.model.checkpoint.ContentHash;
import java.nio.charset.StandardCharsets;

/// One question of a suite.
///
/// @param id name, unique in its suite
/// @param capability what it measures
/// @param task what it asks
/// @param split part of the suite it belongs to
public record CapabilityItem(String id, String capability, Task task, Split split) {

  /// Parts of a suite.
  public enum Split {
    /// For choosing components, healing, early stopping and solved examples in prompts.
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

    /// {@return the part that a text's hash gives: the lowest bit of the first byte of its SHA-256,
    /// so that adding items moves none}
    ///
    /// @param text what identifies the item
    public static Split of(String text) {
      byte first = ContentHash.sha256().digest(text.getBytes(StandardCharsets.UTF_8))[0];
      return (first & 1) == 0 ? CALIBRATION : HELD_OUT;
    }

    /// {@return the part that an item without a `split` field belongs to, by the hash of its
    /// content: the same question under two names is never in both parts}
    ///
    /// @param task the item's content
    public static Split of(Task task) {
      return of(ItemJson.content(task));
    }
  }

  /// Checks the names.
  ///
  /// @throws IllegalArgumentException if one is blank
  public CapabilityItem {
    Checks.text("id", id);
    Checks.text("capability", capability);
  }

  /// An item that is answered with one line.
  ///
  /// @param id name, unique in its suite
  /// @param capability what it measures
  /// @param prompt text that the model reads
  /// @param answer text that has to follow directly, up to the end of the line
  /// @param split part of the suite it belongs to
  /// @throws IllegalArgumentException if a text is blank, or the answer has a line break
  public CapabilityItem(String id, String capability, String prompt, String answer, Split split) {
    this(id, capability, new Task.Generation(prompt, answer, Completion.LINE), split);
  }

  /// {@return text that the model reads; empty where all of the text is measured}
  public String prompt() {
    return task.prompt();
  }

  /// {@return text that ought to follow the prompt}
  public String answer() {
    return task.answer();
  }
}
