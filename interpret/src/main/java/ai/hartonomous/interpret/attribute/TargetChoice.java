package ai.hartonomous.interpret.attribute;

import java.util.List;

/// Which directions of the output a graph explains.
public sealed interface TargetChoice {

  /// The likeliest tokens.
  ///
  /// @param probability share of probability to reach, above 0
  /// @param most largest number of tokens
  record Likeliest(double probability, int most) implements TargetChoice {
    /// At most 10 tokens, with a probability of 0.95 together.
    public static final Likeliest DEFAULT =
        new Likeliest(OutputTarget.PROBABILITY, OutputTarget.MOST_TOKENS);
  }

  /// Given tokens.
  ///
  /// @param ids their ids
  record Tokens(List<Integer> ids) implements TargetChoice {
    /// Copies the list.
    public Tokens {
      ids = List.copyOf(ids);
    }
  }

  /// The difference of two logits.
  ///
  /// @param plus token whose logit counts
  /// @param minus token whose logit is taken off
  record Difference(int plus, int minus) implements TargetChoice {}

  /// Any direction of the final norm's output.
  ///
  /// @param label what it is called
  /// @param vector the direction `[D]`
  /// @param weight how much it counts for influence
  record Direction(String label, float[] vector, double weight) implements TargetChoice {}

  /// {@return the chosen directions for a prompt}
  ///
  /// @param frozen the prompt's frozen model
  /// @throws IllegalArgumentException if the choice does not fit the model
  default List<OutputTarget> of(FrozenModel frozen) {
    return switch (this) {
      case Likeliest(double probability, int most) ->
          OutputTarget.likeliest(frozen, probability, most);
      case Tokens(List<Integer> ids) -> OutputTarget.tokens(frozen, ids);
      case Difference(int plus, int minus) -> List.of(OutputTarget.difference(frozen, plus, minus));
      case Direction(String label, float[] vector, double weight) ->
          List.of(OutputTarget.direction(frozen, label, vector, weight));
    };
  }
}
