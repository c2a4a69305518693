package ai.hartonomous.interpret.attribute;

/// What a node of an attribution graph stands for. Features and logits have incoming edges; all
/// others are leaves.
public enum NodeKind {
  /// An active latent of one MLP's coder at one position; writes `a_i W_dec[i]`.
  FEATURE("feature"),
  /// What the coder of one MLP misses at one position: the MLP's output less the reconstruction.
  ERROR("error"),
  /// Features and error of one MLP at a leading position, taken together. Models park large,
  /// meaningless activations on their first token; it is kept apart instead of being dropped.
  START("start"),
  /// What the skip path of one MLP's coder writes at one position; only under {@link
  /// SkipPath#LEAF}.
  SKIP("skip"),
  /// A token's row of the embedding.
  TOKEN("token"),
  /// A position's row of the learned position embedding.
  POSITION("position"),
  /// `b_dec` of one MLP's coder at one position.
  DECODER_BIAS("decoder_bias"),
  /// Value bias (at the position that is read) and output bias (at the position that reads) of one
  /// attention.
  ATTENTION_BIAS("attention_bias"),
  /// Bias of the norm before one attention, through its values.
  ATTENTION_NORM_BIAS("attention_norm_bias"),
  /// Bias of the norm before one MLP, through encoders and the skip path.
  MLP_NORM_BIAS("mlp_norm_bias"),
  /// Bias of the norm before the output matrix.
  FINAL_NORM_BIAS("final_norm_bias"),
  /// A direction of the final norm's output whose value the graph explains, such as a logit.
  LOGIT("logit");

  private final String label;

  NodeKind(String label) {
    this.label = label;
  }

  /// {@return the name in files, such as `decoder_bias`}
  public String label() {
    return label;
  }

  /// {@return whether it is a constant of the model: a bias or a learned position}
  public boolean isBias() {
    return switch (this) {
      case POSITION,
          DECODER_BIAS,
          ATTENTION_BIAS,
          ATTENTION_NORM_BIAS,
          MLP_NORM_BIAS,
          FINAL_NORM_BIAS ->
          true;
      case FEATURE, ERROR, START, SKIP, TOKEN, LOGIT -> false;
    };
  }
}
