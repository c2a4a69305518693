package ai.hartonomous.interpret.feature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A coder's features in a few figures.
///
/// @param features number of features
/// @param dead features that never were active
/// @param scored features with enough examples to score a rule
/// @param labelled features whose rule beats its control: they have a label
/// @param labelledByKind of those, how many by each kind of rule; `single token` ones are listed by
///   themselves because naming a token explains little
/// @param accuracy mean balanced accuracy over the scored features
/// @param weightedAccuracy the same, each feature weighted by how often it is active
/// @param controlAccuracy mean of the random-feature controls over the scored features
public record FeatureSummary(
    int features,
    int dead,
    int scored,
    int labelled,
    Map<String, Integer> labelledByKind,
    Mean accuracy,
    Mean weightedAccuracy,
    Mean controlAccuracy) {
  private static final int RESAMPLES = 500;

  /// A mean with its 95 % interval by bootstrap over features.
  ///
  /// @param mean the mean; 0 where there is nothing to average
  /// @param low 2.5th percentile
  /// @param high 97.5th percentile
  public record Mean(double mean, double low, double high) {}

  /// {@return the figures of some features}
  ///
  /// @param features all of a coder
  /// @param seed of the bootstrap
  public static FeatureSummary of(List<Feature> features, long seed) {
    List<double[]> rows = new ArrayList<>(); // accuracy, active tokens, control
    Map<String, Integer> kinds = new TreeMap<>();
    int dead = 0;
    for (Feature feature : features) {
      dead += feature.use().active() == 0 ? 1 : 0;
      Detection detection = feature.detection();
      if (detection == null) {
        continue;
      }
      double[] row = {
        detection.score().balancedAccuracy(),
        feature.use().active(),
        detection.control().balancedAccuracy()
      };
      rows.add(row);
      if (detection.isLabel()) {
        kinds.merge(detection.kind(), 1, Integer::sum);
      }
    }
    int labelled = kinds.values().stream().mapToInt(Integer::intValue).sum();
    return new FeatureSummary(
        features.size(),
        dead,
        rows.size(),
        labelled,
        kinds,
        bootstrap(rows, 0, false, seed),
        bootstrap(rows, 0, true, seed),
        bootstrap(rows, 2, false, seed));
  }

  private static Mean bootstrap(List<double[]> rows, int column, boolean weighted, long seed) {
    if (rows.isEmpty()) {
      return new Mean(0, 0, 0);
    }
    var random = new SplittableRandom(seed);
    double[] means = new double[RESAMPLES];
    int[] chosen = new int[rows.size()];
    for (int s = 0; s < RESAMPLES; s++) {
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = random.nextInt(rows.size());
      }
      means[s] = mean(rows, chosen, column, weighted);
    }
    Arrays.sort(means);
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = i;
    }
    int tail = RESAMPLES / 40;
    return new Mean(mean(rows, chosen, column, weighted), means[tail], means[RESAMPLES - 1 - tail]);
  }

  private static double mean(List<double[]> rows, int[] chosen, int column, boolean weighted) {
    double sum = 0;
    double weights = 0;
    for (int i : chosen) {
      double weight = weighted ? rows.get(i)[1] : 1;
      sum += weight * rows.get(i)[column];
      weights += weight;
    }
    return sum / weights;
  }
}
