package ai.hartonomous.model.transformer;

import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Kernels.AdamStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// AdamW over all parameters of a model, with clipping by the global norm. Only matrices decay.
/// Source: Loshchilov and Hutter, 2019, arXiv:1711.05101, algorithm 2.
public final class AdamW {
  private final List<Parameter> weights;
  private final List<Parameter> gradients;
  private final float[][] first;
  private final float[][] second;
  private final Settings settings;
  private int steps;

  /// Fixed choices of a run.
  ///
  /// @param beta1 memory of the first moment, in `[0, 1)`
  /// @param beta2 memory of the second moment, in `[0, 1)`
  /// @param weightDecay decoupled decay of matrices, multiplied by the rate
  /// @param maxNorm largest global norm of a gradient; larger ones are scaled down
  public record Settings(float beta1, float beta2, float weightDecay, float maxNorm) {
    /// The usual choice for small language models.
    public static final Settings USUAL = new Settings(0.9f, 0.95f, 0.01f, 1f);
  }

  /// Starts with zero moments.
  ///
  /// @param weights changed by every step
  /// @param gradients read by every step; same shapes as `weights`
  /// @param settings fixed choices
  public AdamW(Weights weights, Weights gradients, Settings settings) {
    this.weights = weights.parameters();
    this.gradients = gradients.parameters();
    this.settings = settings;
    if (this.weights.size() != this.gradients.size()) {
      throw new IllegalArgumentException("weights and gradients differ in shape");
    }
    first = new float[this.weights.size()][];
    second = new float[this.weights.size()][];
    for (int p = 0; p < first.length; p++) {
      first[p] = new float[this.weights.get(p).data().length];
      second[p] = new float[first[p].length];
    }
  }

  /// {@return number of steps taken}
  public int steps() {
    return steps;
  }

  /// {@return the running moments, first then second of each parameter, to be stored; live}
  public List<float[]> moments() {
    List<float[]> all = new ArrayList<>();
    for (int p = 0; p < first.length; p++) {
      all.add(first[p]);
      all.add(second[p]);
    }
    return List.copyOf(all);
  }

  /// Continues a stored run whose moments were copied into {@link #moments}.
  ///
  /// @param taken steps taken so far
  public void resume(int taken) {
    steps = taken;
  }

  /// Takes one step and leaves the gradients as they are.
  ///
  /// @param kernels computes it
  /// @param rate learning rate
  /// @param gradientScale multiplies every gradient first, for instance 1 / accumulated batches
  /// @return the global norm of the scaled gradient before clipping
  public double step(Kernels kernels, float rate, float gradientScale) {
    double squares = 0;
    for (Parameter gradient : gradients) {
      squares += kernels.sumOfSquares(gradient.data());
    }
    double norm = Math.sqrt(squares) * gradientScale;
    float clip = norm > settings.maxNorm() ? (float) (settings.maxNorm() / norm) : 1f;
    steps++;
    for (int p = 0; p < first.length; p++) {
      Parameter weight = weights.get(p);
      float decay = weight.rows() > 1 ? settings.weightDecay() : 0f;
      AdamStep step =
          new AdamStep(
              rate, decay, settings.beta1(), settings.beta2(), gradientScale * clip, steps);
      kernels.adamW(step, weight.data(), gradients.get(p).data(), first[p], second[p]);
    }
    return norm;
  }

  /// Sets all gradients to zero.
  public void clearGradients() {
    for (Parameter gradient : gradients) {
      Arrays.fill(gradient.data(), 0f);
    }
  }
}
