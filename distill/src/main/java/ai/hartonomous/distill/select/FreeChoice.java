package ai.hartonomous.distill.select;

import ai.hartonomous.distill.importance.Components;
import ai.hartonomous.distill.prune.Budget;
import ai.hartonomous.distill.prune.ComponentWeights;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/// Chooses the components with the highest scores wherever they are, so that layers keep as many as
/// they need. Heads and neurons are not weighed against each other: a given part of the budget's
/// weights goes to heads, the rest to neurons.
final class FreeChoice {
  private final Components components;
  private final ModelConfig config;
  private final ComponentWeights weights;
  private final boolean everywhere;

  /// @param config the model
  /// @param everywhere whether every layer keeps at least one of each kind it has
  FreeChoice(ModelConfig config, boolean everywhere) {
    this.everywhere = everywhere;
    this.config = config;
    components = new Components(config);
    weights = new ComponentWeights(config);
  }

  /// {@return which components stay; empty if the budget is too small for what must stay}
  ///
  /// @param scores score of each component; what has negative infinity stays only where a layer
  ///   must keep one
  /// @param budget what may stay
  /// @param headShare share of the budget's weights that heads may use
  Optional<boolean[]> choose(double[] scores, Budget budget, double headShare) {
    double most = budget.parameterShare() * weights.ofAll();
    int layers = 0;
    if (everywhere) {
      layers = (int) config.layers().stream().filter(layer -> layer.neurons() > 0).count();
    }
    double forHeads = Math.min(headShare * most, most - layers * weights.ofNeuron());
    boolean[] kept = new boolean[components.count()];
    double left = most - chooseHeads(scores, forHeads, budget.components() - layers, kept);
    int componentsLeft = budget.components() - count(kept);
    int neurons = (int) Math.min(Math.floor(left / weights.ofNeuron()), componentsLeft);
    if (left < 0 || componentsLeft < 0 || neurons < layers) {
      return Optional.empty();
    }
    chooseNeurons(scores, neurons, kept);
    return count(kept) == 0 ? Optional.empty() : Optional.of(kept);
  }

  private static int count(boolean[] kept) {
    int count = 0;
    for (boolean k : kept) {
      count += k ? 1 : 0;
    }
    return count;
  }

  /// Takes the best head of each layer, if each must have one, then the head with the highest score
  /// for what it costs, as long as one fits and there are not too many.
  ///
  /// @return the weights used
  private double chooseHeads(double[] scores, double most, int count, boolean[] kept) {
    double used = 0;
    for (int l = 0; l < components.layers() && everywhere; l++) {
      int best = bestHead(scores, l, kept, Double.POSITIVE_INFINITY);
      if (best >= 0) {
        used += cost(l, components.place(best), kept);
        kept[best] = true;
      }
    }
    int next = 0;
    while (next >= 0 && count(kept) < count) {
      next = -1;
      double highest = Double.NEGATIVE_INFINITY;
      for (int l = 0; l < components.layers(); l++) {
        int head = bestHead(scores, l, kept, most - used);
        if (head >= 0 && worth(scores, l, head, kept) > highest) {
          highest = worth(scores, l, head, kept);
          next = head;
        }
      }
      if (next >= 0) {
        used += cost(components.layer(next), components.place(next), kept);
        kept[next] = true;
      }
    }
    return used;
  }

  private double worth(double[] scores, int layer, int head, boolean[] kept) {
    double units = cost(layer, components.place(head), kept) / weights.ofHead();
    return scores[head] > 0 ? scores[head] / units : scores[head];
  }

  private int bestHead(double[] scores, int layer, boolean[] kept, double room) {
    int best = -1;
    double highest = Double.NEGATIVE_INFINITY;
    for (int h = 0; h < config.layers().get(layer).heads(); h++) {
      int c = components.head(layer, h);
      double worth = worth(scores, layer, c, kept);
      boolean fits = !kept[c] && cost(layer, h, kept) <= room;
      if (fits && (best < 0 || worth > highest)) {
        best = c;
        highest = worth;
      }
    }
    return best;
  }

  /// Weights that a head adds, its key/value head included if no other kept head reads it.
  private double cost(int layer, int head, boolean[] kept) {
    LayerConfig of = config.layers().get(layer);
    boolean shared = false;
    for (int h = 0; h < of.heads(); h++) {
      shared |= kept[components.head(layer, h)] && of.keyHeadOf()[h] == of.keyHeadOf()[head];
    }
    return weights.ofHead() * (shared ? 1.0 : 2.0);
  }

  private void chooseNeurons(double[] scores, int most, boolean[] kept) {
    int[] order =
        IntStream.range(0, kept.length)
            .filter(c -> !components.isHead(c))
            .boxed()
            .sorted(Comparator.comparingDouble((Integer c) -> scores[c]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    boolean[] served = new boolean[components.layers()];
    int left = most;
    for (int c : order) {
      if (everywhere && left > 0 && !served[components.layer(c)]) {
        served[components.layer(c)] = true;
        kept[c] = true;
        left--;
      }
    }
    for (int c : order) {
      if (left > 0 && !kept[c] && scores[c] > Double.NEGATIVE_INFINITY) {
        kept[c] = true;
        left--;
      }
    }
  }
}
