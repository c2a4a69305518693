package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.interpret.transcoder.SparseCoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an evaluation found.
///
/// @param tokens tokens that count
/// @param sequences sequences they stand in, the unit of all standard errors
/// @param predictions tokens whose prediction was scored
/// @param clean the model itself, or null where it is no language model
/// @param coders each coder, in the order given
/// @param together all coders of MLPs at once, or null where there are fewer than two
public record EvaluationReport(
    long tokens,
    long sequences,
    long predictions,
    @Nullable Substitution clean,
    List<CoderReport> coders,
    @Nullable Effect together) {

  /// Checks and copies.
  // Not the compact form: the compiler drops its type annotations, and NullAway reads them.
  public EvaluationReport(
      long tokens,
      long sequences,
      long predictions,
      @Nullable Substitution clean,
      List<CoderReport> coders,
      @Nullable Effect together) {
    this.tokens = tokens;
    this.sequences = sequences;
    this.predictions = predictions;
    this.clean = clean;
    this.coders = List.copyOf(coders);
    this.together = together;
  }

  /// One coder.
  ///
  /// @param coder the coder
  /// @param reconstruction how well it predicts
  /// @param sparsity how sparse it is
  /// @param effect what the model loses when it speaks alone, or null where the model is no
  ///   language model
  public record CoderReport(
      SparseCoder coder,
      Reconstruction reconstruction,
      Sparsity sparsity,
      @Nullable Effect effect) {}

  /// Coders in the model's place, beside ablation of the same values.
  ///
  /// @param substitution the model with the coders
  /// @param zero against zeros, or null where not asked for
  /// @param mean against the mean over the tokens evaluated, or null where not asked for
  public record Effect(
      Substitution substitution, @Nullable Recovery zero, @Nullable Recovery mean) {}
}
