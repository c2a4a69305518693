package ai.hartonomous.interpret.transcoder;

/// Which latents of a token are active, given their pre-activations `z` `[F]`.
public sealed interface CoderActivation {

  /// The `k` largest positive ones keep their value; of equals the lower latent wins. Source: Gao
  /// et al., "Scaling and evaluating sparse autoencoders", 2024, arXiv:2406.04093, section 2.3.
  ///
  /// @param k largest number of active latents of a token, at least 1
  record TopK(int k) implements CoderActivation {
    /// Checks `k`.
    ///
    /// @throws IllegalArgumentException if `k` is below 1
    public TopK {
      if (k < 1) {
        throw new IllegalArgumentException("k %d, expected at least 1".formatted(k));
      }
    }
  }

  /// Those above their own threshold keep their value: `a = z 1[z > θ]`. A coder trained with
  /// BatchTopK is read in this form. Source: Rajamanoharan et al., "Jumping Ahead", 2024,
  /// arXiv:2407.14435, equation 2.
  ///
  /// @param thresholds `θ` of each latent, at least 0, `[F]`
  record JumpRelu(float[] thresholds) implements CoderActivation {}

  /// The positive ones keep their value.
  record Relu() implements CoderActivation {}
}
