package ai.hartonomous.model.generate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// How likely a token was to the model: natural logarithms of the softmax of its logits, before
/// temperature, penalties and filters.
///
/// @param id the token
/// @param logProbability at most 0
/// @param alternatives the likeliest tokens at this place, likeliest first, as many as were asked
///   for
public record TokenScore(int id, double logProbability, List<Alternative> alternatives) {

  /// Copies the list.
  public TokenScore {
    alternatives = List.copyOf(alternatives);
  }

  /// A token that could have stood here.
  ///
  /// @param id the token
  /// @param logProbability at most 0
  public record Alternative(int id, double logProbability) {}

  /// {@return the score of a token}
  ///
  /// @param logits backing array
  /// @param offset place of the first logit
  /// @param count number of tokens
  /// @param id the token
  /// @param most how many alternatives
  static TokenScore of(float[] logits, int offset, int count, int id, int most) {
    float best = logits[offset + Sampler.likeliest(logits, offset, count)];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp((double) logits[offset + i] - best);
    }
    double normal = best + Math.log(sum);
    List<Alternative> alternatives =
        Arrays.stream(likeliest(logits, offset, count, most))
            .mapToObj(i -> new Alternative(i, logits[offset + i] - normal))
            .toList();
    return new TokenScore(id, logits[offset + id] - normal, alternatives);
  }

  private static int[] likeliest(float[] logits, int offset, int count, int most) {
    Comparator<Integer> byLogit =
        Comparator.<Integer>comparingDouble(i -> logits[offset + i])
            .thenComparing(Comparator.reverseOrder()); // of equals the first
    var kept = new PriorityQueue<>(Math.max(1, most), byLogit);
    for (int i = 0; i < count && most > 0; i++) {
      if (kept.size() < most) {
        kept.add(i);
      } else if (logits[offset + i] > logits[offset + kept.element()]) {
        kept.remove();
        kept.add(i);
      }
    }
    return kept.stream().sorted(byLogit.reversed()).mapToInt(Integer::intValue).toArray();
  }
}
