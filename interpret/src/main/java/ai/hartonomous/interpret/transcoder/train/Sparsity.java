package ai.hartonomous.interpret.transcoder.train;

/// What keeps most latents of a token at 0 during training.
public sealed interface Sparsity {

  /// The `k` largest positive latents of each token. Source: Gao et al., "Scaling and evaluating
  /// sparse autoencoders", 2024, arXiv:2406.04093, section 2.3. Zeros are never kept to fill up,
  /// and get no gradient.
  ///
  /// @param k active latents of a token, at least 1
  record TopK(int k) implements Sparsity {}

  /// The `k R` largest positive latents of the `R` tokens of a batch. The finished coder keeps what
  /// lies above one threshold: the running mean of the least latent kept. Source: Bussmann, Leask
  /// and Nanda, "BatchTopK Sparse Autoencoders", 2024, arXiv:2412.06410, equations 4 and 5.
  ///
  /// @param k mean number of active latents of a token, at least 1
  record BatchTopK(int k) implements Sparsity {}

  /// Latents above a learned threshold of their own, `a = z 1[z > θ]` with `θ = eᵗ`, and the loss
  /// `penalty (L0 / target - 1)²`. Thresholds get straight-through gradients from latents within
  /// `bandwidth / 2`: `-θ/ε dL/da` from the reconstruction and `-1/ε` from the count. Source:
  /// Rajamanoharan et al., "Jumping Ahead", 2024, arXiv:2407.14435, equations 2, 11 and 12; the
  /// quadratic loss as in its appendix. Only positive latents are ever active.
  ///
  /// @param target wanted mean number of active latents of a token, above 0
  /// @param penalty weight of the loss of the count, beside the fraction of variance unexplained
  /// @param bandwidth `ε`, in units of the pre-activations; above 0
  /// @param threshold `θ` at the start; above 0
  record JumpRelu(double target, double penalty, float bandwidth, float threshold)
      implements Sparsity {

    /// {@return with the settings that serve normalised inputs: bandwidth and first threshold 0.5,
    /// penalty 1}
    ///
    /// @param target wanted mean number of active latents of a token
    public static JumpRelu of(double target) {
      return new JumpRelu(target, 1, 0.5f, 0.5f);
    }
  }

  /// All positive latents, and the loss `penalty Σ a |W_dec[i]|` (mean over tokens). Weighing by
  /// the decoder's norms keeps it from being cheated by small latents and large rows.
  ///
  /// @param penalty weight beside the fraction of variance unexplained, at least 0
  record L1(double penalty) implements Sparsity {}

  /// {@return how many latents a token has at the end, 0 if that is not fixed}
  default int k() {
    return switch (this) {
      case TopK(int k) -> k;
      case BatchTopK(int k) -> k;
      case JumpRelu _, L1 _ -> 0;
    };
  }
}
