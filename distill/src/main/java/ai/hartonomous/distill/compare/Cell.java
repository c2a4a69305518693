package ai.hartonomous.distill.compare;

import ai.hartonomous.distill.importance.AnswerMeter.Answers;
import java.util.List;

/// What came of one way to select, on one task, at one size, with one seed.
///
/// @param task what was asked for
/// @param share share of the components and of their weights that could stay
/// @param contender the way to select
/// @param seed decided the choice of items, everything random in the selection, and the order of
///   healing
/// @param sizes of the source and of what was cut out of it
/// @param source the whole model on the test items
/// @param cut the part on the test items before healing
/// @param healed the part after healings of several lengths, each from the cut state
public record Cell(
    String task,
    double share,
    String contender,
    long seed,
    Sizes sizes,
    Figures source,
    Figures cut,
    List<Healed> healed) {

  /// Copies the list.
  public Cell {
    healed = List.copyOf(healed);
  }

  /// How large source and part are.
  ///
  /// @param sourceComponents heads and neurons of the source
  /// @param heads heads of the part
  /// @param neurons neurons of the part
  /// @param sourceWeights weights of all heads and neurons of the source
  /// @param weights weights of those of the part, folded means not counted
  /// @param sourceParameters all trainable numbers of the source
  /// @param parameters all trainable numbers of the part, folded means included
  public record Sizes(
      int sourceComponents,
      int heads,
      int neurons,
      long sourceWeights,
      long weights,
      long sourceParameters,
      long parameters) {}

  /// Figures over test items.
  ///
  /// @param items how many
  /// @param exact share of items all of whose answer tokens are the most likely ones
  /// @param loss mean over items of the mean cross-entropy of the answer tokens, in nats
  /// @param lossError its standard error over items
  public record Figures(int items, double exact, double loss, double lossError) {

    /// {@return the figures of measured answers}
    static Figures of(Answers answers) {
      int n = answers.losses().length;
      double mean = answers.meanLoss();
      double squares = 0;
      for (double loss : answers.losses()) {
        squares += (loss - mean) * (loss - mean);
      }
      double error = n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0;
      return new Figures(n, answers.exactMatch(), mean, error);
    }
  }

  /// A healing and its outcome.
  ///
  /// @param steps most optimiser steps
  /// @param figures of the state that healing chose by validation items
  public record Healed(int steps, Figures figures) {}
}
