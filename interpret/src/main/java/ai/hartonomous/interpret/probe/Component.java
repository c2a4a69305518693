package ai.hartonomous.interpret.probe;

/// A part of a model that responds to texts.
///
/// @param path its name, such as `layers.3.heads.5`, `layers.3.neurons.171` or
///   `layers.3.mlp_input.features.17`
/// @param kind what it is
public record Component(String path, Kind kind) {

  /// Kinds of components.
  public enum Kind {
    /// An attention head.
    HEAD,
    /// A neuron of an MLP.
    NEURON,
    /// A feature of a sparse coder.
    FEATURE
  }
}
