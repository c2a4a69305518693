package ai.hartonomous.tensor;

import org.jspecify.annotations.Nullable;

/// The parameters of a normalisation over rows of `D` numbers.
///
/// @param kind what is normalised
/// @param gain learned scale `[D]`
/// @param bias learned shift `[D]`, or null where the layer has none
/// @param epsilon added to the variance or mean square before the root; dimensionless
public record Norm(Kind kind, float[] gain, float @Nullable [] bias, float epsilon) {

  /// What a row is divided by.
  public enum Kind {
    /// Subtract the mean, divide by the deviation. Source: Ba, Kiros and Hinton, "Layer
    /// Normalization", 2016, arXiv:1607.06450.
    LAYER,
    /// Divide by the root mean square. Source: Zhang and Sennrich, "Root Mean Square Layer
    /// Normalization", 2019, arXiv:1910.07467.
    RMS
  }

  /// {@return the same kind with zero gain and zero bias, to collect gradients in}
  public Norm zeros() {
    return new Norm(
        kind, new float[gain.length], bias == null ? null : new float[bias.length], epsilon);
  }
}
