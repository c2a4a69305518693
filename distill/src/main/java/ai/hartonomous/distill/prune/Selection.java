package ai.hartonomous.distill.prune;

import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Chooses the components with the highest scores within a budget.
///
/// Every layer keeps the same number of key/value heads, of query heads for each of them, and of
/// neurons; which ones is each layer's own matter. A Hugging Face folder pads all layers to the
/// widest, so an uneven choice would cost bytes and time that it does not use, and an even one
/// loads in any reader without padding. What remains to choose is how the budget is divided between
/// heads and neurons: every division is a candidate, ordered by the sum of the scores it keeps.
public final class Selection {
  private final ModelConfig config;
  private final ComponentScores scores;

  /// Chooses among the components of one model.
  ///
  /// @param config the model
  /// @param scores its scores
  public Selection(ModelConfig config, ComponentScores scores) {
    this.config = config;
    this.scores = scores;
  }

  /// {@return the divisions of the budget that keep the highest scores, best first; empty if the
  /// budget is too small to leave each layer one head, and one neuron where it has any}
  ///
  /// @param budget what may stay
  /// @param most largest number of candidates
  public List<Keep> candidates(Budget budget, int most) {
    int groups = config.layers().stream().mapToInt(LayerConfig::keyHeads).max().orElse(0);
    int heads = config.layers().stream().mapToInt(Selection::largestGroup).max().orElse(0);
    List<Candidate> found = new ArrayList<>();
    for (int g = 1; g <= groups; g++) {
      for (int perGroup = 1; perGroup <= heads; perGroup++) {
        Keep keep = fill(g, perGroup, budget);
        if (keep != null) {
          found.add(new Candidate(keep, keptScore(keep)));
        }
      }
    }
    return found.stream()
        .sorted(Comparator.comparingDouble(Candidate::score).reversed())
        .limit(most)
        .map(Candidate::keep)
        .toList();
  }

  /// {@return number of weights that belong to heads and neurons of the kept part}
  ///
  /// @param keep what stays
  public long parameters(Keep keep) {
    long sum = 0;
    for (int l = 0; l < keep.layers().size(); l++) {
      LayerConfig layer = config.layers().get(l);
      Keep.Layer kept = keep.layers().get(l);
      long keyHeads = Arrays.stream(kept.heads()).map(h -> layer.keyHeadOf()[h]).distinct().count();
      sum += headNumbers() * 2 * (kept.heads().length + keyHeads);
      sum += neuronNumbers() * kept.neurons().length;
    }
    return sum;
  }

  private record Candidate(Keep keep, double score) {}

  private long headNumbers() {
    return (long) config.extents().headWidth() * config.width();
  }

  private long neuronNumbers() {
    return (config.block().gated() ? 3L : 2L) * config.width();
  }

  private static int largestGroup(LayerConfig layer) {
    return IntStream.range(0, layer.keyHeads()).map(g -> group(layer, g).length).max().orElse(0);
  }

  private static int[] group(LayerConfig layer, int keyHead) {
    return IntStream.range(0, layer.heads()).filter(h -> layer.keyHeadOf()[h] == keyHead).toArray();
  }

  /// Keeps the best heads of the given shape, and as many neurons as the budget then allows.
  private @Nullable Keep fill(int groups, int perGroup, Budget budget) {
    List<Keep.Layer> heads = new ArrayList<>();
    for (int l = 0; l < config.layers().size(); l++) {
      heads.add(new Keep.Layer(bestHeads(l, groups, perGroup), new int[0]));
    }
    var headsOnly = new Keep(heads);
    double weights = budget.parameterShare() * parameters(Keep.all(config));
    double weightsLeft = weights - parameters(headsOnly);
    int componentsLeft = budget.components() - headsOnly.components();
    long layers = config.layers().stream().filter(layer -> layer.neurons() > 0).count();
    if (weightsLeft < 0 || componentsLeft < 0) {
      return null;
    }
    if (layers == 0) {
      return headsOnly;
    }
    double byWeights = weightsLeft / (neuronNumbers() * layers);
    int neurons = (int) Math.min(byWeights, componentsLeft / (double) layers);
    return neurons < 1 ? null : withNeurons(headsOnly, neurons);
  }

  private Keep withNeurons(Keep heads, int neurons) {
    List<Keep.Layer> layers = new ArrayList<>();
    for (int l = 0; l < heads.layers().size(); l++) {
      double[] scored = scores.layers().get(l).neurons();
      int[] all = IntStream.range(0, scored.length).toArray();
      layers.add(new Keep.Layer(heads.layers().get(l).heads(), best(all, scored, neurons)));
    }
    return new Keep(layers);
  }

  /// The `perGroup` best heads of each of the `groups` groups whose best heads score most.
  private int[] bestHeads(int l, int groups, int perGroup) {
    LayerConfig layer = config.layers().get(l);
    double[] scored = scores.layers().get(l).heads();
    int[][] best = new int[layer.keyHeads()][];
    double[] sums = new double[best.length];
    for (int g = 0; g < best.length; g++) {
      best[g] = best(group(layer, g), scored, perGroup);
      sums[g] = Arrays.stream(best[g]).mapToDouble(h -> scored[h]).sum();
    }
    int[] chosen = best(IntStream.range(0, best.length).toArray(), sums, groups);
    return Arrays.stream(chosen).flatMap(g -> Arrays.stream(best[g])).sorted().toArray();
  }

  /// {@return the `count` numbers of `among` with the highest scores, ascending; ties go to the
  /// lower}
  private static int[] best(int[] among, double[] scored, int count) {
    return Arrays.stream(among)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> scored[i]).reversed())
        .limit(count)
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }

  private double keptScore(Keep keep) {
    double sum = 0;
    for (int l = 0; l < keep.layers().size(); l++) {
      ComponentScores.Layer scored = scores.layers().get(l);
      sum += Arrays.stream(keep.layers().get(l).heads()).mapToDouble(h -> scored.heads()[h]).sum();
      sum +=
          Arrays.stream(keep.layers().get(l).neurons()).mapToDouble(n -> scored.neurons()[n]).sum();
    }
    return sum;
  }
}
