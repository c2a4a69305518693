package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.tensor.RowOptimizer;
import ai.hartonomous.tensor.RowUpdate.Reach;

/// The optimizer of a training, with its schedule: the rate rises linearly over the warm-up, then
/// falls linearly to 0 at the last step.
public sealed interface CoderOptimizer {

  /// Adam with memories 0.9 and 0.999.
  ///
  /// @param rate highest learning rate
  /// @param warmUp steps until it is reached
  /// @param reach whether latents that are not active follow their moments (exact Adam) or rest
  ///   (lazy Adam)
  record Adam(double rate, int warmUp, Reach reach) implements CoderOptimizer {

    /// {@return the reference settings: rate `2e-4 / √(F / 2¹⁴)`, 1,000 steps of warm-up or a tenth
    /// of all, exact}
    ///
    /// @param latents `F`
    /// @param steps length of the training
    public static Adam of(int latents, int steps) {
      double rate = 2e-4 / Math.sqrt(latents / 16384.0);
      return new Adam(rate, Math.min(1000, steps / 10), Reach.EVERY);
    }
  }

  /// Moves every number by the rate, against the sign of a running mean of its gradient. Latents
  /// that are not active rest: the sign of a mean that only decays never changes, so a dense Signum
  /// would push a latent that was active once at full rate until the next time.
  ///
  /// @param rate highest learning rate
  /// @param momentum memory of the running mean, 0 to below 1
  /// @param reach whether latents that are not active move (exact) or rest
  record Signum(double rate, double momentum, Reach reach) implements CoderOptimizer {

    /// {@return the reference settings: rate `5e-3 / √(F / 2¹⁴)`, momentum 0.95, latents at rest}
    ///
    /// @param latents `F`
    public static Signum of(int latents) {
      return new Signum(5e-3 / Math.sqrt(latents / 16384.0), 0.95, Reach.TOUCHED);
    }
  }

  /// Gradient descent at a constant rate.
  ///
  /// @param rate learning rate
  record Descent(double rate) implements CoderOptimizer {}

  /// {@return the rule of one step}
  ///
  /// @param step number of the step, from 0
  /// @param steps length of the training
  default RowOptimizer at(int step, int steps) {
    return switch (this) {
      case Adam(double rate, int warmUp, Reach _) ->
          RowOptimizer.Adam.of((float) (rate * schedule(step, steps, warmUp)), step + 1);
      case Signum(double rate, double momentum, Reach _) ->
          new RowOptimizer.Signum((float) (rate * schedule(step, steps, 0)), (float) momentum);
      case Descent(double rate) -> new RowOptimizer.Descent((float) rate);
    };
  }

  /// {@return which latents move}
  default Reach reach() {
    return switch (this) {
      case Adam adam -> adam.reach;
      case Signum signum -> signum.reach;
      case Descent _ -> Reach.TOUCHED;
    };
  }

  private static double schedule(int step, int steps, int warmUp) {
    if (step < warmUp) {
      return (step + 1.0) / warmUp;
    }
    return (double) (steps - step) / (steps - warmUp);
  }
}
