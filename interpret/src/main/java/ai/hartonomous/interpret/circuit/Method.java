package ai.hartonomous.interpret.circuit;

import java.util.Locale;

/// Ways to score edges. A score estimates by how much the metric falls when the edge alone is
/// corrupted; positive edges help.
public enum Method {
  /// Edge attribution patching: the slope at the clean prompt times the change of what the source
  /// writes. Syed, Rager and Conmy, "Attribution Patching Outperforms Automated Circuit Discovery",
  /// 2023, arXiv:2310.10348.
  EAP,
  /// The same with the mean slope over prompts between corrupted and clean embedding. Hanna,
  /// Pezzelle and Belinkov, "Have Faith in Faithfulness", 2024, arXiv:2403.17806.
  EAP_IG_INPUTS,
  /// The same with the mean slope while the sources of one layer step, and nothing else, go from
  /// corrupted to clean.
  EAP_IG_ACTIVATIONS,
  /// The fall itself, measured by one pass for every edge.
  EXACT,
  /// Uniform from -1 to 1: what every other method has to beat.
  RANDOM;

  /// {@return lower case with hyphens}
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
