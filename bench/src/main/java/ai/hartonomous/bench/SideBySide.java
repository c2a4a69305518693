package ai.hartonomous.bench;

import ai.hartonomous.model.transformer.Model;

/// Sequences of equal length that are read side by side from empty caches.
///
/// @param model with float weights
/// @param ids tokens of each sequence
/// @param tokensInStep tokens of each that are read in one step: 1 to decode, all for a prompt
record SideBySide(Model model, int[][] ids, int tokensInStep) {

  SideBySide(Model model, int[][] ids, int tokensInStep) {
    this.model = model;
    this.ids = ids;
    this.tokensInStep = tokensInStep;
  }

  /// {@return random sequences to decode}
  static SideBySide decoding(Model model, int sequences, int tokens) {
    return new SideBySide(model, random(model, sequences, tokens), 1);
  }

  /// {@return random prompts}
  static SideBySide prompts(Model model, int sequences, int tokens) {
    return new SideBySide(model, random(model, sequences, tokens), tokens);
  }

  private static int[][] random(Model model, int sequences, int tokens) {
    int[][] ids = new int[sequences][];
    for (int s = 0; s < sequences; s++) {
      ids[s] = Shapes.ids(4 + s, tokens, model.config().extents().vocabulary());
    }
    return ids;
  }
}
