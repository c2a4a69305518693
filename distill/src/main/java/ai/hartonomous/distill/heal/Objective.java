package ai.hartonomous.distill.heal;

/// What healing minimises, a mean over the answer tokens of a batch:
///
/// ```
/// divergence(source, student; T) + labelWeight · cross-entropy(answer) + hidden term + feature term
/// ```
///
/// @param divergence how far the student's distributions are from the source's
/// @param temperature `T`, softens both distributions; above 0
/// @param labelWeight weight of the cross-entropy of the answer tokens; 0 leaves it out
/// @param hidden a term on the residual streams
/// @param featureWeight weight of a term on the features of the source's sparse coders: the sum
///   over features of `(a_student - a_source)²`, where both come from the source's encoders, as a
///   mean over coders and answer tokens; 0 leaves it out
public record Objective(
    Divergence divergence,
    float temperature,
    float labelWeight,
    Hidden hidden,
    float featureWeight) {

  /// How residual streams are compared, after every layer.
  public enum Distance {
    /// Mean over the width of `(h_student - h_source)²`.
    MEAN_SQUARE,
    /// `1 - cos(h_student, h_source)`.
    COSINE
  }

  /// A term on the residual streams of student and source after every layer, a mean over layers and
  /// answer tokens. The source runs along with the student, which costs a forward pass for each
  /// batch. It needs the same width and number of layers, which pruning heads and neurons keeps.
  /// Source: Muralidharan et al., "Compact Language Models via Pruning and Knowledge Distillation",
  /// 2024, arXiv:2407.14679, section 3 (there with a learned map between the widths).
  ///
  /// @param distance how two residual streams are compared
  /// @param weight weight of the term; 0 leaves it out
  public record Hidden(Distance distance, float weight) {
    /// No such term.
    public static final Hidden NONE = new Hidden(Distance.MEAN_SQUARE, 0f);

    /// Checks the range.
    ///
    /// @throws IllegalArgumentException if the weight is negative
    public Hidden {
      if (!(weight >= 0)) {
        throw new IllegalArgumentException("weight %s of the hidden term".formatted(weight));
      }
    }
  }

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a number is out of range
  public Objective {
    if (!(temperature > 0) || !(labelWeight >= 0) || !(featureWeight >= 0)) {
      throw new IllegalArgumentException(
          "temperature %s, label weight %s, feature weight %s"
              .formatted(temperature, labelWeight, featureWeight));
    }
  }

  /// Asks for no feature term.
  ///
  /// @param divergence how far the student's distributions are from the source's
  /// @param temperature softens both distributions
  /// @param labelWeight weight of the cross-entropy of the answer tokens
  /// @param hidden a term on the residual streams
  public Objective(Divergence divergence, float temperature, float labelWeight, Hidden hidden) {
    this(divergence, temperature, labelWeight, hidden, 0f);
  }

  /// {@return forward divergence and answers, without a hidden term}
  ///
  /// @param temperature softens both distributions
  /// @param labelWeight weight of the answers
  public static Objective forward(float temperature, float labelWeight) {
    return new Objective(new Divergence.Forward(), temperature, labelWeight, Hidden.NONE);
  }

  /// {@return the same with another hidden term}
  ///
  /// @param other the term
  public Objective withHidden(Hidden other) {
    return new Objective(divergence, temperature, labelWeight, other, featureWeight);
  }

  /// {@return the same with another weight of the feature term}
  ///
  /// @param weight the weight
  public Objective withFeatureWeight(float weight) {
    return new Objective(divergence, temperature, labelWeight, hidden, weight);
  }

  /// {@return whether the source has to run along with the student}
  public boolean looksInside() {
    return hidden.weight() > 0 || featureWeight > 0;
  }
}
