package ai.hartonomous.distill;

import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.heal.TeacherLogits;
import java.util.List;

/// How a distillation goes about its work. Nothing here depends on the clock, so the same recipe
/// gives the same agent.
///
/// @param shares sizes to try, as shares of the components and of their weights, falling; sizes
///   above one half are tried only where one half does not reach the threshold
/// @param aim how much of the room above the threshold the search wants to keep on validation
///   items: with 0.8 and a threshold of 0.85 it shrinks while 97 % of the source's answers stay
///   right
/// @param importanceItems most calibration items that importance is measured on, for each size
/// @param prompts prompts to invent and let the source answer, to learn from besides the suite's
/// @param tokens how many of the source's likeliest tokens to learn from at each place; 0 for all
/// @param step healing of each size
/// @param polish healing of the size that was chosen
public record Recipe(
    List<Double> shares,
    double aim,
    int importanceItems,
    int prompts,
    int tokens,
    HealingPlan step,
    HealingPlan polish) {

  /// The usual choice for models of up to some ten million parameters.
  public static final Recipe USUAL =
      new Recipe(
          List.of(0.9, 0.7, 0.5, 0.3, 0.18, 0.12, 0.08, 0.05),
          0.8,
          256,
          1536,
          new HealingPlan(150, 32, 2e-3f, 1f, 0.5f, 3),
          new HealingPlan(300, 32, 1.5e-3f, 1f, 0.5f, 6));

  /// Checks the sizes.
  ///
  /// @throws IllegalArgumentException if a share is outside `(0, 1)`, none is one half or less, or
  ///   `tokens` is negative
  public Recipe {
    shares = List.copyOf(shares);
    if (tokens < 0) {
      throw new IllegalArgumentException(tokens + " tokens");
    }
    if (shares.stream().anyMatch(s -> !(s > 0 && s < 1))
        || shares.stream().noneMatch(s -> s <= 0.5)) {
      throw new IllegalArgumentException("shares " + shares);
    }
  }

  /// Learns from all tokens.
  ///
  /// @param shares sizes to try
  /// @param aim how much of the room above the threshold the search wants to keep
  /// @param importanceItems most calibration items that importance is measured on
  /// @param prompts prompts to invent
  /// @param step healing of each size
  /// @param polish healing of the size that was chosen
  public Recipe(
      List<Double> shares,
      double aim,
      int importanceItems,
      int prompts,
      HealingPlan step,
      HealingPlan polish) {
    this(shares, aim, importanceItems, prompts, TeacherLogits.ALL, step, polish);
  }
}
