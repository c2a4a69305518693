package ai.hartonomous.platform.graph;

/// What a node of the graph stands for.
public enum FeatureKind {
  /// A latent of a coder, or whatever a client calls a feature.
  FEATURE,
  /// An attention head.
  HEAD,
  /// A whole MLP.
  MLP,
  /// One neuron of an MLP.
  NEURON,
  /// What the model reads: embeddings of tokens and positions.
  INPUT,
  /// What the model predicts.
  OUTPUT,
  /// What a coder missed.
  ERROR,
  /// A constant of the model.
  BIAS
}
