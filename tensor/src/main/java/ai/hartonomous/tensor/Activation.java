package ai.hartonomous.tensor;

/// Pointwise non-linearities of transformer MLPs.
public enum Activation {
  /// `max(x, 0)`.
  RELU,
  /// `x Φ(x)` with the exact normal distribution function. Source: Hendrycks and Gimpel, "Gaussian
  /// Error Linear Units", 2016, arXiv:1606.08415.
  GELU,
  /// The tanh approximation of {@link #GELU}, `gelu_new` in GPT-2: `x/2 (1 + tanh(√(2/π) (x +
  /// 0.044715 x³)))`.
  GELU_TANH,
  /// `x / (1 + e^-x)`, also called swish.
  SILU
}
