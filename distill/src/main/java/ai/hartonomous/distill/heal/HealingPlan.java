package ai.hartonomous.distill.heal;

/// Fixed choices of one healing run.
///
/// @param steps most optimiser steps; at least 1
/// @param batch examples in a step; at least 1
/// @param rate highest learning rate, reached after the warm-up
/// @param temperature softens both distributions of the divergence; above 0
/// @param labelWeight weight of the cross-entropy of the answer tokens beside the divergence
/// @param validations how often the model is validated; the best state is kept
public record HealingPlan(
    int steps, int batch, float rate, float temperature, float labelWeight, int validations) {
  /// Share of the steps in which the rate rises.
  static final float WARM_UP = 0.05f;

  /// Share of the highest rate that is left at the end.
  static final float LAST_RATE = 0.02f;

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a number is out of range
  public HealingPlan {
    if (steps < 1 || batch < 1 || validations < 1) {
      throw new IllegalArgumentException(
          "%d steps of %d examples, %d validations".formatted(steps, batch, validations));
    }
    if (!(rate > 0) || !(temperature > 0) || !(labelWeight >= 0)) {
      throw new IllegalArgumentException(
          "rate %s, temperature %s, label weight %s".formatted(rate, temperature, labelWeight));
    }
  }

  /// {@return the same choices for another number of steps}
  ///
  /// @param changed most optimiser steps
  public HealingPlan withSteps(int changed) {
    return new HealingPlan(changed, batch, rate, temperature, labelWeight, validations);
  }

  /// {@return the learning rate of a step: a straight rise, then half a cosine down}
  ///
  /// @param step number of the step, from 0
  float rateAt(int step) {
    float warmUp = Math.max(1, WARM_UP * steps);
    if (step < warmUp) {
      return rate * (step + 1) / warmUp;
    }
    double progress = (step - warmUp) / Math.max(1, steps - warmUp);
    double height = 0.5 * (1 + Math.cos(Math.PI * progress));
    return (float) (rate * (LAST_RATE + (1 - LAST_RATE) * height));
  }
}
