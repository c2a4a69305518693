package ai.hartonomous.platform.vector;

import java.util.Locale;

/// What an embedding is of.
public enum EmbeddingKind {
  /// An attention head.
  HEAD,
  /// A neuron of an MLP.
  NEURON,
  /// A latent of a transcoder.
  FEATURE,
  /// A capability suite, as one model sees it.
  CAPABILITY;

  /// {@return its name in requests and answers}
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
