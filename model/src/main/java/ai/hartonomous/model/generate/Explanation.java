package ai.hartonomous.model.generate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What made a token's logit, by direct attribution: the residual stream that the output matrix
/// reads is a sum of what each head, neuron, bias and the embedding wrote into it, and with the
/// last norm's divisor held at its value in this pass the logit is a sum over the same parts. What
/// a part does by way of later parts counts as theirs. Source: Elhage et al., "A Mathematical
/// Framework for Transformer Circuits", 2021, section "Zero layer and one layer".
///
/// `logit = sum of strongest + rest.heads + rest.neurons + rest.embedding + rest.biases +
/// rest.steering`, but for rounding.
///
/// Of a layer with a {@link Transcoder} features are told in the place of neurons: what its MLP
/// wrote is exactly what the active features, the skip path and the decoder's bias write and what
/// the transcoder missed, so `rest.coded` of all three and the sum above hold the same way. Source:
/// Ameisen et al., "Circuit Tracing: Revealing Computational Graphs in Language Models", 2025,
/// sections "Building an Interpretable Replacement Model" and "Attribution Graphs", where features
/// and errors are nodes; here it is the direct effect on one logit.
///
/// The logit of mixed models is the sum of theirs with the weights of the text, so what a part of
/// one of them adds to it is its weight times what it adds to its own model's, and the sum above
/// holds over the parts of all.
///
/// @param id the token
/// @param logit of the model for it, or of the mixed ones, before penalties, bias and temperature
/// @param strongest the components with the largest contributions by magnitude, largest first
/// @param rest everything else
public record Explanation(int id, double logit, List<Contribution> strongest, Rest rest) {

  /// Copies the list.
  public Explanation {
    strongest = List.copyOf(strongest);
  }

  /// The kinds of component.
  public enum Kind {
    /// An attention head.
    HEAD("heads"),
    /// A neuron of an MLP.
    NEURON("neurons"),
    /// A feature of an MLP's {@link Transcoder}.
    FEATURE("features");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  /// A head, neuron or feature.
  ///
  /// @param model its number among mixed models from 0; 0 for one alone
  /// @param kind which of them
  /// @param layer its layer from 0
  /// @param index its number in the layer from 0
  public record Component(int model, Kind kind, int layer, int index) {

    /// One of a model alone.
    ///
    /// @param kind as in the record
    /// @param layer as in the record
    /// @param index as in the record
    public Component(Kind kind, int layer, int index) {
      this(0, kind, layer, index);
    }

    /// {@return a name within its model, such as `layers.3.heads.0`}
    public String path() {
      return "layers.%d.%s.%d".formatted(layer, kind.label, index);
    }
  }

  /// What one component adds.
  ///
  /// @param component which
  /// @param logit how much it adds to the token's logit
  /// @param activation of a feature, above 0; null of heads and neurons
  public record Contribution(Component component, double logit, @Nullable Double activation) {

    /// What a head or neuron adds.
    ///
    /// @param component as in the record
    /// @param logit as in the record
    public Contribution(Component component, double logit) {
      this(component, logit, null);
    }
  }

  /// What everything else adds.
  ///
  /// @param heads all other heads
  /// @param neurons all other neurons, of layers without a transcoder
  /// @param embedding the last token's embedding, with that of its position where it is learned; of
  ///   mixed models that of all
  /// @param biases of projections, last norm and output, and of decoders in the place of those of
  ///   their MLPs
  /// @param steering all that is {@link Steering.Added added} to outputs of MLPs
  /// @param coded the rest of layers with a transcoder; null where none was asked for
  public record Rest(
      double heads,
      double neurons,
      double embedding,
      double biases,
      double steering,
      @Nullable Coded coded) {

    /// {@return all of it}
    public double sum() {
      double known = heads + neurons + embedding + biases + steering;
      return coded == null ? known : known + coded.sum();
    }

    Rest plus(Rest other) {
      return new Rest(
          heads + other.heads,
          neurons + other.neurons,
          embedding + other.embedding,
          biases + other.biases,
          steering + other.steering,
          coded == null ? other.coded : coded.plus(other.coded));
    }
  }

  /// What everything else adds of layers with a transcoder.
  ///
  /// @param features all other features
  /// @param skip linear paths of the transcoders from input to output
  /// @param error what their MLPs wrote less what the transcoders predict, steering by {@link
  ///   Steering.Added} left out
  public record Coded(double features, double skip, double error) {

    /// {@return all of it}
    public double sum() {
      return features + skip + error;
    }

    Coded plus(@Nullable Coded other) {
      return other == null
          ? this
          : new Coded(features + other.features, skip + other.skip, error + other.error);
    }
  }
}
