package ai.hartonomous.distill.route;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/// The features a router knows, with their inverse document frequencies.
///
/// @param features texts in their natural order, each once
/// @param weights weight of each feature: `1 + ln((1 + n) / (1 + d))`, where `d` of the `n` prompts
///   it was learned from have it
/// @param unknown weight of every other feature: `1 + ln(1 + n)`
/// @param places place of each feature
record Vocabulary(
    List<String> features, float[] weights, float unknown, Map<String, Integer> places) {
  /// Most features.
  static final int MAX_FEATURES = 20_000;

  private static final int MOST_LEARNED = 4_096;
  private static final int LEAST_PROMPTS = 2;

  /// A prompt as a vector: its known features only.
  ///
  /// @param places places of the features, rising
  /// @param values their weights; the vector of all features, known or not, has length 1, so that a
  ///   prompt of which little is known has a short vector
  record Sparse(int[] places, float[] values) {}

  static Vocabulary of(List<String> features, float[] weights, float unknown) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < features.size(); i++) {
      places.put(features.get(i), i);
    }
    return new Vocabulary(List.copyOf(features), weights, unknown, Map.copyOf(places));
  }

  /// {@return the features of at least two prompts, the 4,096 most frequent ones}
  ///
  /// @param prompts features of each prompt
  static Vocabulary learn(List<SortedSet<String>> prompts) {
    Map<String, Integer> counts = new HashMap<>();
    prompts.forEach(all -> all.forEach(feature -> counts.merge(feature, 1, Integer::sum)));
    Comparator<String> frequent = Comparator.comparingInt(f -> -counts.getOrDefault(f, 0));
    List<String> features =
        counts.keySet().stream()
            .filter(feature -> counts.getOrDefault(feature, 0) >= LEAST_PROMPTS)
            .sorted(frequent.thenComparing(Comparator.naturalOrder()))
            .limit(MOST_LEARNED)
            .sorted()
            .toList();
    float[] weights = new float[features.size()];
    for (int i = 0; i < weights.length; i++) {
      int with = counts.getOrDefault(features.get(i), 0);
      weights[i] = (float) (1 + StrictMath.log((1.0 + prompts.size()) / (1.0 + with)));
    }
    return of(features, weights, (float) (1 + StrictMath.log(1.0 + prompts.size())));
  }

  /// {@return a prompt as a vector}
  Sparse vector(SortedSet<String> prompt) {
    int[] known = new int[prompt.size()];
    int count = 0;
    double squares = 0;
    for (String feature : prompt) {
      Integer place = places.get(feature);
      float weight = place == null ? unknown : weights[place];
      squares += weight * (double) weight;
      if (place != null) {
        known[count++] = place;
      }
    }
    int[] found = Arrays.copyOf(known, count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (weights[found[i]] / Math.sqrt(squares));
    }
    return new Sparse(found, values);
  }
}
