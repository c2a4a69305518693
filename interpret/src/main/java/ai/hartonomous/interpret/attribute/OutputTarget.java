package ai.hartonomous.interpret.attribute;

import ai.hartonomous.model.transformer.LayerWeights.Linear;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// A direction of the final norm's output at the last position that a graph explains.
///
/// @param label what it is called, such as a token id
/// @param unit id of the token, or -1 for other directions
/// @param direction what is read `[D]`
/// @param value reading of the original model, without the output matrix's bias
/// @param weight how much it counts for influence; the probability of a token
public record OutputTarget(String label, int unit, float[] direction, double value, double weight) {

  /// Largest number of tokens that are chosen by themselves.
  public static final int MOST_TOKENS = 10;

  /// Share of probability that the tokens chosen by themselves reach.
  public static final double PROBABILITY = 0.95;

  /// The likeliest tokens: the fewest whose probabilities add up to `probability`, but at most
  /// `most`.
  ///
  /// @param frozen the prompt's frozen model
  /// @param probability share to reach, above 0
  /// @param most largest number of tokens, at least 1
  /// @return logit targets, likeliest first, weighted by their probabilities (not renormalised)
  public static List<OutputTarget> likeliest(FrozenModel frozen, double probability, int most) {
    double[] probabilities = probabilities(frozen.recording().logits());
    List<Integer> order =
        IntStream.range(0, probabilities.length)
            .boxed()
            .sorted(Comparator.comparingDouble(id -> -probabilities[id]))
            .toList();
    List<Integer> chosen = new ArrayList<>();
    double sum = 0;
    for (int i = 0; i < Math.min(most, order.size()) && sum < probability; i++) {
      chosen.add(order.get(i));
      sum += probabilities[order.get(i)];
    }
    return tokens(frozen, chosen);
  }

  /// The logits of given tokens, each less the mean logit, weighted by their probabilities.
  ///
  /// @param frozen the prompt's frozen model
  /// @param ids the tokens
  /// @return one target for each
  /// @throws IllegalArgumentException if the model predicts no such token
  public static List<OutputTarget> tokens(FrozenModel frozen, List<Integer> ids) {
    float[] logits = frozen.recording().logits();
    double[] probabilities = probabilities(logits);
    Linear output = frozen.transformer().model().weights().output();
    float[] mean = meanRow(output, logits.length);
    double meanLogit = 0;
    double meanBias = 0;
    for (int v = 0; v < logits.length; v++) {
      meanLogit += (double) logits[v] / logits.length;
      meanBias += bias(output, v) / logits.length;
    }
    List<OutputTarget> targets = new ArrayList<>();
    for (int id : ids) {
      float[] direction = row(output, id, logits.length);
      for (int c = 0; c < direction.length; c++) {
        direction[c] -= mean[c];
      }
      double value = logits[id] - meanLogit - (bias(output, id) - meanBias);
      targets.add(new OutputTarget(String.valueOf(id), id, direction, value, probabilities[id]));
    }
    return targets;
  }

  /// The difference of two logits, with weight 1.
  ///
  /// @param frozen the prompt's frozen model
  /// @param plus the token whose logit counts
  /// @param minus the token whose logit is taken off
  /// @return the target
  /// @throws IllegalArgumentException if the model predicts no such token
  public static OutputTarget difference(FrozenModel frozen, int plus, int minus) {
    float[] logits = frozen.recording().logits();
    Linear output = frozen.transformer().model().weights().output();
    float[] direction = row(output, plus, logits.length);
    float[] less = row(output, minus, logits.length);
    for (int c = 0; c < direction.length; c++) {
      direction[c] -= less[c];
    }
    double value =
        (double) logits[plus] - logits[minus] - (bias(output, plus) - bias(output, minus));
    return new OutputTarget(plus + " - " + minus, -1, direction, value, 1);
  }

  /// Any direction.
  ///
  /// @param frozen the prompt's frozen model
  /// @param label what it is called
  /// @param direction what is read of the final norm's output `[D]`
  /// @param weight how much it counts for influence, above 0
  /// @return the target
  /// @throws IllegalArgumentException if the direction has another width than the model
  public static OutputTarget direction(
      FrozenModel frozen, String label, float[] direction, double weight) {
    float[] output = frozen.recording().finalNorm();
    if (direction.length != output.length) {
      throw new IllegalArgumentException(
          "a direction %d wide in a model %d wide".formatted(direction.length, output.length));
    }
    double value = 0;
    for (int c = 0; c < output.length; c++) {
      value += (double) direction[c] * output[c];
    }
    return new OutputTarget(label, -1, direction.clone(), value, weight);
  }

  private static float[] row(Linear output, int id, int outputs) {
    if (id < 0 || id >= outputs) {
      throw new IllegalArgumentException("token id %d of %d".formatted(id, outputs));
    }
    float[] row = new float[output.weight().cols()];
    output.weight().readRow(id, row, 0);
    return row;
  }

  private static float[] meanRow(Linear output, int outputs) {
    double[] sum = new double[output.weight().cols()];
    for (int v = 0; v < outputs; v++) {
      float[] row = row(output, v, outputs);
      for (int c = 0; c < row.length; c++) {
        sum[c] += row[c];
      }
    }
    float[] mean = new float[sum.length];
    for (int c = 0; c < sum.length; c++) {
      mean[c] = (float) (sum[c] / outputs);
    }
    return mean;
  }

  private static double bias(Linear output, int id) {
    float[] bias = output.bias();
    return bias == null ? 0 : bias[id];
  }

  private static double[] probabilities(float[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double[] probabilities = new double[logits.length];
    double sum = 0;
    for (int v = 0; v < logits.length; v++) {
      probabilities[v] = Math.exp(logits[v] - largest);
      sum += probabilities[v];
    }
    for (int v = 0; v < logits.length; v++) {
      probabilities[v] /= sum;
    }
    return probabilities;
  }
}
