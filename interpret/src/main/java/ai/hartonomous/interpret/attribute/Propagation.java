package ai.hartonomous.interpret.attribute;

/// What answers an intervention.
public enum Propagation {
  /// The frozen model: attention, norm denominators and latents keep their values. Shows only that
  /// the arithmetic is right.
  FROZEN,
  /// The real model with attention patterns kept; norms and MLPs answer.
  ATTENTION_FROZEN,
  /// The real model, free.
  FREE
}
