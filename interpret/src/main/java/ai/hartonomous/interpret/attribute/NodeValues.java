package ai.hartonomous.interpret.attribute;

/// What the targets of a graph read in one run of the model, frozen or not.
///
/// @param features `W_enc x` of every active feature, by node number; without the feature's bias
/// @param output the final norm's output at the last position `[D]`
record NodeValues(double[] features, double[] output) {

  /// {@return the reading of a feature or of a target of the output}
  ///
  /// @param graph the graph
  /// @param node number of the node
  double reading(AttributionGraph graph, int node) {
    if (node < graph.features()) {
      return features[node];
    }
    float[] direction = graph.targets().get(node - graph.sources()).direction();
    double sum = 0;
    for (int c = 0; c < direction.length; c++) {
      sum += direction[c] * output[c];
    }
    return sum;
  }
}
