package ai.hartonomous.model.generate;

import ai.hartonomous.model.constrain.Grammar;
import ai.hartonomous.model.constrain.Progress;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Chooses tokens for one generation.
final class Sampler {

  private final Sampling sampling;
  private final SplittableRandom random;
  private final @Nullable Progress progress;
  private double[] weights = {}; // of each token, relative to the likeliest
  private int[] tokens = {}; // candidates
  private float[] adjusted = {}; // logits, where something is added to them
  private final Map<Integer, Integer> chosen = new HashMap<>(); // how often each token was

  Sampler(Sampling sampling) {
    this.sampling = sampling;
    random = new SplittableRandom(sampling.seed());
    Grammar grammar = sampling.grammar();
    progress = grammar == null ? null : grammar.begin();
  }

  /// {@return the likeliest token, the first of equals}
  ///
  /// @param logits backing array
  /// @param offset place of the first logit
  /// @param count number of tokens to choose from
  static int likeliest(float[] logits, int offset, int count) {
    int best = 0;
    float most = logits[offset];
    for (int i = 1; i < count; i++) {
      float logit = logits[offset + i];
      if (logit > most) {
        most = logit;
        best = i;
      }
    }
    return best;
  }

  /// {@return the chosen token}
  ///
  /// @param logits backing array
  /// @param offset place of the first logit
  /// @param count number of tokens to choose from
  int next(float[] logits, int offset, int count) {
    return next(logits, offset, count, Integer.MAX_VALUE);
  }

  /// {@return the chosen token, or -1 if the grammar allows none: the text is whole}
  ///
  /// @param logits backing array
  /// @param offset place of the first logit
  /// @param count number of tokens to choose from
  /// @param left how many tokens may still be chosen, at least 1
  int next(float[] logits, int offset, int count, int left) {
    BitSet allowed = progress == null ? null : progress.allowed(left);
    if (sampling.adjustments().isNone() && allowed == null) {
      return choose(logits, offset, count);
    }
    float[] own = adjust(logits, offset, count);
    if (allowed != null) {
      for (int id = allowed.nextClearBit(0); id < count; id = allowed.nextClearBit(id + 1)) {
        own[id] = Float.NEGATIVE_INFINITY;
      }
      int first = allowed.nextSetBit(0);
      if (first < 0 || first >= count) {
        return -1;
      }
    }
    int id = choose(own, 0, count);
    chosen.merge(id, 1, Integer::sum);
    return id;
  }

  /// Adds a token to the text that the grammar sees.
  ///
  /// @return whether the text is whole and nothing may follow
  boolean accept(int id) {
    if (progress == null) {
      return false;
    }
    progress.accept(id);
    return progress.isComplete();
  }

  private float[] adjust(float[] logits, int offset, int count) {
    if (adjusted.length < count) {
      adjusted = new float[count];
    }
    System.arraycopy(logits, offset, adjusted, 0, count);
    LogitAdjustments add = sampling.adjustments();
    add.bias().forEach((id, bias) -> add(id, bias, count));
    chosen.forEach((id, times) -> add(id, -times * add.frequency() - add.presence(), count));
    return adjusted;
  }

  private void add(int id, double number, int count) {
    if (id < count) {
      adjusted[id] += (float) number;
    }
  }

  private int choose(float[] logits, int offset, int count) {
    int best = likeliest(logits, offset, count);
    if (sampling.temperature() == 0) {
      return best;
    }
    double sum = weigh(logits, offset, count, logits[offset + best]);
    int left = count;
    if (sampling.topK() > 0 || sampling.topP() < 1) {
      left = keepLikeliest(count, sum);
    }
    return draw(keepAbove(left));
  }

  /// Fills the weights, `exp((logit - best) / temperature)`, and makes every token a candidate.
  private double weigh(float[] logits, int offset, int count, float best) {
    if (weights.length < count) {
      weights = new double[count];
      tokens = new int[count];
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      weights[i] = Math.exp(((double) logits[offset + i] - best) / sampling.temperature());
      tokens[i] = i;
      sum += weights[i];
    }
    return sum;
  }

  /// Sorts the candidates, likeliest first, and keeps top-k, then top-p.
  ///
  /// @return how many are left
  private int keepLikeliest(int count, double sum) {
    int kept = 0;
    long[] order = new long[count];
    // Tokens that together have less than 1 - p can never be needed to reach p.
    double negligible = sampling.topK() > 0 ? 0 : (1 - sampling.topP()) * sum / count;
    for (int i = 0; i < count; i++) {
      if (weights[i] >= negligible && weights[i] > 0) {
        // A float's bits grow with a positive number: negated, they sort downwards.
        order[kept++] = ((long) -Float.floatToIntBits((float) weights[i]) << 32) | i;
      }
    }
    Arrays.sort(order, 0, kept);
    int most = sampling.topK() == 0 ? kept : Math.min(kept, sampling.topK());
    double total = sampling.topK() == 0 ? sum : 0;
    for (int i = 0; i < most; i++) {
      tokens[i] = (int) order[i];
      total += sampling.topK() == 0 ? 0 : weights[tokens[i]];
    }
    double reached = 0;
    int left = 0;
    while (left < most && reached < sampling.topP() * total) {
      reached += weights[tokens[left++]];
    }
    return Math.max(1, left);
  }

  /// Keeps the candidates that min-p allows, in their order.
  private int keepAbove(int count) {
    int left = 0;
    for (int i = 0; i < count; i++) {
      if (weights[tokens[i]] >= sampling.minP() && weights[tokens[i]] > 0) {
        tokens[left++] = tokens[i];
      }
    }
    return left;
  }

  private int draw(int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += weights[tokens[i]];
    }
    double point = random.nextDouble() * sum;
    for (int i = 0; i < count - 1; i++) {
      point -= weights[tokens[i]];
      if (point < 0) {
        return tokens[i];
      }
    }
    return tokens[count - 1];
  }
}
