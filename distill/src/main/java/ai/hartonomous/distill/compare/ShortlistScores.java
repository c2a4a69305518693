package ai.hartonomous.distill.compare;

import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.distill.importance.Components;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.model.transformer.ModelConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// A ranking whose doubtful places are decided by measurement.
final class ShortlistScores {
  private final Components components;
  private final ComponentScores estimated;

  ShortlistScores(ModelConfig config, ComponentScores estimated) {
    components = new Components(config);
    this.estimated = estimated;
  }

  /// Measures components.
  interface Measure {
    /// {@return the effect of each component of the model; those that are not listed do not count}
    double[] of(int[] list) throws InterruptedException;
  }

  /// {@return the ranking with measured places}
  ///
  /// @param cut what the estimate would keep
  /// @param most most components to measure, if heads leave room
  /// @param measure measures them
  ComponentScores measured(Keep cut, int most, Measure measure) throws InterruptedException {
    double[] scores = components.flat(estimated);
    int heads = (int) IntStream.range(0, components.count()).filter(components::isHead).count();
    int side = Math.max(1, (most - heads) / (2 * components.layers()));
    List<int[]> doubtful = new ArrayList<>();
    for (int l = 0; l < components.layers(); l++) {
      doubtful.add(around(l, scores, cut.layers().get(l).neurons().length, side));
    }
    int[] list =
        IntStream.concat(
                IntStream.range(0, components.count()).filter(components::isHead),
                doubtful.stream().flatMapToInt(IntStream::of))
            .sorted()
            .toArray();
    double[] effects = measure.of(list);
    IntStream.range(0, components.count())
        .filter(components::isHead)
        .forEach(c -> scores[c] = effects[c]);
    doubtful.forEach(neurons -> deal(neurons, scores, effects));
    return components.scores(
        "ablation_shortlist", estimated.items(), scores, new double[scores.length]);
  }

  /// {@return neurons of a layer from the `side` worst that stay to the `side` best that go}
  private int[] around(int layer, double[] scores, int kept, int side) {
    int[] ranked = sorted(neurons(layer), scores);
    int from = Math.max(0, kept - side);
    int to = Math.min(ranked.length, kept + side);
    return IntStream.range(from, Math.max(from, to)).map(i -> ranked[i]).toArray();
  }

  private int[] neurons(int layer) {
    return IntStream.range(0, components.count())
        .filter(c -> components.layer(c) == layer && !components.isHead(c))
        .toArray();
  }

  /// Gives the highest of their scores to the one with the largest effect, and so on.
  private static void deal(int[] neurons, double[] scores, double[] effects) {
    double[] dealt = IntStream.of(sorted(neurons, scores)).mapToDouble(c -> scores[c]).toArray();
    int[] order = sorted(neurons, effects);
    for (int i = 0; i < order.length; i++) {
      scores[order[i]] = dealt[i];
    }
  }

  private static int[] sorted(int[] of, double[] by) {
    return IntStream.of(of)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer c) -> by[c]).reversed())
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
