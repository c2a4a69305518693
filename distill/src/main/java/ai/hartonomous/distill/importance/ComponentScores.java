package ai.hartonomous.distill.importance;

import java.util.List;

/// How much a capability depends on each component, by one method.
///
/// @param method name of the method, such as `gradient_times_deviation`
/// @param items calibration items the scores are means over; 0 where no data was used
/// @param layers one entry for each layer
public record ComponentScores(String method, int items, List<Layer> layers) {

  /// Copies the list.
  public ComponentScores {
    layers = List.copyOf(layers);
  }

  /// Scores of one layer. `H` heads, `N` neurons.
  ///
  /// @param heads score of each head, larger for what matters more, `[H]`
  /// @param headErrors their standard errors over items; 0 where no data was used, or the score is
  ///   no mean over items, `[H]`
  /// @param neurons score of each neuron, `[N]`
  /// @param neuronErrors their standard errors, `[N]`
  public record Layer(
      double[] heads, double[] headErrors, double[] neurons, double[] neuronErrors) {

    /// {@return scores without errors}
    ///
    /// @param heads score of each head
    /// @param neurons score of each neuron
    static Layer exact(double[] heads, double[] neurons) {
      return new Layer(heads, new double[heads.length], neurons, new double[neurons.length]);
    }
  }
}
