package ai.hartonomous.samples.train;

/// Choices of a training run that decide its result, together with the number of threads.
///
/// @param seed source of weights, exercises and their order
/// @param steps steps of the whole schedule
/// @param batch exercises in a step
/// @param threads parts that a batch is computed in, each by one thread; gradients are added up in
///   their order, so another number rounds differently
/// @param rate largest learning rate
/// @param target training ends early once every skill reaches this exact match on calibration
///   items; above 1 it never does, and the falling learning rate settles the weights
public record Recipe(long seed, int steps, int batch, int threads, float rate, double target) {
  private static final double FINAL_SHARE = 0.05;
  private static final int MAX_WARM_UP = 200;

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException naming the value that is out of range
  public Recipe {
    if (steps < 1 || batch < 1 || threads < 1 || threads > batch) {
      throw new IllegalArgumentException(
          "steps %d, batch %d and threads %d: expected at least 1, and threads up to the batch"
              .formatted(steps, batch, threads));
    }
    if (!(rate > 0) || !(target > 0)) {
      throw new IllegalArgumentException("rate and target: expected above 0");
    }
  }

  /// {@return the learning rate of a step: it rises for a tenth of the steps, at most 200, then
  /// falls along a cosine to a twentieth}
  ///
  /// @param step from 0
  float rateAt(int step) {
    int warmUp = Math.clamp(steps / 10, 1, MAX_WARM_UP);
    if (step < warmUp) {
      return rate * (step + 1) / warmUp;
    }
    double done = (double) (step - warmUp) / Math.max(1, steps - warmUp);
    double cosine = (1 + Math.cos(Math.PI * Math.min(1, done))) / 2;
    return (float) (rate * (FINAL_SHARE + (1 - FINAL_SHARE) * cosine));
  }
}
