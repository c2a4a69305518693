package ai.hartonomous.distill.heal;

/// Fixed choices of one healing run.
///
/// @param steps most optimiser steps; at least 1
/// @param batch examples in a batch; at least 1
/// @param rate highest learning rate, reached after the warm-up
/// @param validations how often the model is validated; the best state is kept
/// @param objective what is minimised
/// @param stepping how a step is taken, and when no more are
public record HealingPlan(
    int steps, int batch, float rate, int validations, Objective objective, Stepping stepping) {
  /// Share of the steps in which the rate rises.
  static final float WARM_UP = 0.05f;

  /// Share of the highest rate that is left at the end.
  static final float LAST_RATE = 0.02f;

  /// How a step is taken, and when no more are.
  ///
  /// @param batches batches whose gradients are averaged for a step; at least 1
  /// @param maxNorm largest global norm of a step's gradient; larger ones are scaled down
  /// @param patience validations in a row without a better state after which the run ends; 0 for
  ///   never
  public record Stepping(int batches, float maxNorm, int patience) {
    /// One batch, norm 1, no early end.
    public static final Stepping USUAL = new Stepping(1, 1f, 0);

    /// Checks the ranges.
    ///
    /// @throws IllegalArgumentException if a number is out of range
    public Stepping {
      if (batches < 1 || !(maxNorm > 0) || patience < 0) {
        throw new IllegalArgumentException(
            "%d batches, norm %s, patience %d".formatted(batches, maxNorm, patience));
      }
    }
  }

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if a number is out of range
  public HealingPlan {
    if (steps < 1 || batch < 1 || validations < 1) {
      throw new IllegalArgumentException(
          "%d steps of %d examples, %d validations".formatted(steps, batch, validations));
    }
    if (!(rate > 0)) {
      throw new IllegalArgumentException("rate %s".formatted(rate));
    }
  }

  /// Plans a run on the forward divergence with usual steps.
  ///
  /// @param steps most optimiser steps; at least 1
  /// @param batch examples in a step; at least 1
  /// @param rate highest learning rate, reached after the warm-up
  /// @param temperature softens both distributions of the divergence; above 0
  /// @param labelWeight weight of the cross-entropy of the answer tokens beside the divergence
  /// @param validations how often the model is validated; the best state is kept
  public HealingPlan(
      int steps, int batch, float rate, float temperature, float labelWeight, int validations) {
    this(
        steps,
        batch,
        rate,
        validations,
        Objective.forward(temperature, labelWeight),
        Stepping.USUAL);
  }

  /// {@return the same choices for another number of steps}
  ///
  /// @param changed most optimiser steps
  public HealingPlan withSteps(int changed) {
    return new HealingPlan(changed, batch, rate, validations, objective, stepping);
  }

  /// {@return the same choices with another objective}
  ///
  /// @param changed what is minimised
  public HealingPlan withObjective(Objective changed) {
    return new HealingPlan(steps, batch, rate, validations, changed, stepping);
  }

  /// {@return the same choices with other steps}
  ///
  /// @param changed how a step is taken
  public HealingPlan withStepping(Stepping changed) {
    return new HealingPlan(steps, batch, rate, validations, objective, changed);
  }

  /// {@return steps from one validation to the next}
  int validateEvery() {
    return Math.max(1, steps / validations);
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
