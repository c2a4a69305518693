package ai.hartonomous.interpret.circuit;

import java.util.Locale;

/// What takes the place of what a source writes, where an edge is not in the circuit. Scores and
/// faithfulness under different corruptions are not comparable.
public enum Corruption {
  /// What the source writes at the same position of the corrupted prompt.
  PAIRED,
  /// What it writes on average over all tokens of the clean prompts.
  MEAN,
  /// Nothing.
  ZERO;

  /// {@return lower case}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
