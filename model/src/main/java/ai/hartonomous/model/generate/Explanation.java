package ai.hartonomous.model.generate;

import java.util.List;

/// What made a token's logit, by direct attribution: the residual stream that the output matrix
/// reads is a sum of what each head, neuron, bias and the embedding wrote into it, and with the
/// last norm's divisor held at its value in this pass the logit is a sum over the same parts. What
/// a part does by way of later parts counts as theirs. Source: Elhage et al., "A Mathematical
/// Framework for Transformer Circuits", 2021, section "Zero layer and one layer".
///
/// `logit = sum of strongest + rest.heads + rest.neurons + rest.embedding + rest.biases`, but for
/// rounding.
///
/// @param id the token
/// @param logit of the model for it, before penalties, bias and temperature
/// @param strongest the components with the largest contributions by magnitude, largest first
/// @param rest everything else
public record Explanation(int id, double logit, List<Contribution> strongest, Rest rest) {

  /// Copies the list.
  public Explanation {
    strongest = List.copyOf(strongest);
  }

  /// The two kinds of component.
  public enum Kind {
    /// An attention head.
    HEAD("heads"),
    /// A neuron of an MLP.
    NEURON("neurons");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  /// A head or neuron.
  ///
  /// @param kind which of the two
  /// @param layer its layer from 0
  /// @param index its number in the layer from 0
  public record Component(Kind kind, int layer, int index) {

    /// {@return a name such as `layers.3.heads.0`}
    public String path() {
      return "layers.%d.%s.%d".formatted(layer, kind.label, index);
    }
  }

  /// What one component adds.
  ///
  /// @param component which
  /// @param logit how much it adds to the token's logit
  public record Contribution(Component component, double logit) {}

  /// What everything else adds.
  ///
  /// @param heads all other heads
  /// @param neurons all other neurons
  /// @param embedding the last token's embedding, with that of its position where it is learned
  /// @param biases of projections, last norm and output
  public record Rest(double heads, double neurons, double embedding, double biases) {

    /// {@return all of it}
    public double sum() {
      return heads + neurons + embedding + biases;
    }
  }
}
