package ai.hartonomous.platform.analysis;

import java.util.Locale;

/// What can be found out about a model.
enum AnalysisKind {
  /// Sparse coders of its MLPs.
  TRANSCODERS,
  /// What the latents of its coders stand for.
  FEATURES,
  /// Which edges between its components carry a task.
  CIRCUITS,
  /// Direct effects between features on one prompt.
  GRAPHS,
  /// Its components by what they respond to, and which of them respond to a capability.
  CAPABILITIES,
  /// Its components by what they respond to, for searches.
  EMBEDDINGS;

  /// {@return its name in addresses and jobs}
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
