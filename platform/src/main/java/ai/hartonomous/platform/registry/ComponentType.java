package ai.hartonomous.platform.registry;

/// Kind of component.
enum ComponentType {
  /// An attention head.
  HEAD("heads"),
  /// A neuron of an MLP.
  NEURON("neurons");

  private final String label;

  ComponentType(String label) {
    this.label = label;
  }

  String path(int layer, int number) {
    return "layers.%d.%s.%d".formatted(layer, label, number);
  }
}
