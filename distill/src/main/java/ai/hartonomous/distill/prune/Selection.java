package ai.hartonomous.distill.prune;

import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
  private final ComponentWeights weights;

  /// Chooses among the components of one model.
  ///
  /// @param config the model
  /// @param scores its scores
  public Selection(ModelConfig config, ComponentScores scores) {
    this.config = config;
    this.scores = scores;
    weights = new ComponentWeights(config);
  }

  /// {@return the divisions of the budget that keep the highest scores, best first; empty if the
  /// budget is too small to leave each layer one head, and one neuron where it has any}
  ///
  /// @param budget what may stay
  /// @param most largest number of candidates
  public List<Keep> candidates(Budget budget, int most) {
    List<Candidate> found = new ArrayList<>();
    for (int[] shape : shapes()) {
      Keep keep = fill(shape[0], shape[1], budget);
      if (keep != null) {
        found.add(new Candidate(keep, keptScore(keep)));
      }
    }
    return found.stream()
        .sorted(Comparator.comparingDouble(Candidate::score).reversed())
        .limit(most)
        .map(Candidate::keep)
        .toList();
  }

  /// {@return the choice in which every layer keeps the same share of its heads and of its neurons;
  /// empty if that leaves a layer without a head, or without a neuron where it has any}
  ///
  /// Of the shapes with at most that share of the heads and of their weights the one with most
  /// heads is taken, and among those the one that keeps the highest scores; where none fits, one
  /// head in each layer, at the neurons' cost. Source: Muralidharan et al., "Compact Language
  /// Models via Pruning and Knowledge Distillation", 2024, arXiv:2407.14679, where width is cut
  /// uniformly.
  ///
  /// @param budget what may stay
  public Optional<Keep> evenly(Budget budget) {
    List<Candidate> found = new ArrayList<>();
    for (int[] shape : shapes()) {
      Keep keep = fill(shape[0], shape[1], budget);
      if (keep != null && (isWithin(keep, budget.parameterShare()) || shape[0] * shape[1] == 1)) {
        found.add(new Candidate(keep, keptScore(keep)));
      }
    }
    return found.stream()
        .max(
            Comparator.comparingInt((Candidate c) -> heads(c.keep()))
                .thenComparingDouble(Candidate::score))
        .map(Candidate::keep);
  }

  /// {@return the choice of equal layers that spends a given part of the weights on heads, as far
  /// as shapes allow; empty if the budget leaves a layer without a head, or without a neuron where
  /// it has any}
  ///
  /// @param budget what may stay
  /// @param headShare most weights of heads, as a share of the weights that may stay; one head in
  ///   each layer stays in any case
  public Optional<Keep> divided(Budget budget, double headShare) {
    double most = headShare * budget.parameterShare() * weights.ofAll();
    List<Candidate> found = new ArrayList<>();
    for (int[] shape : shapes()) {
      Keep keep = fill(shape[0], shape[1], budget);
      if (keep != null && (headWeights(keep) <= most || shape[0] * shape[1] == 1)) {
        found.add(new Candidate(keep, keptScore(keep)));
      }
    }
    return found.stream()
        .max(
            Comparator.comparingLong((Candidate c) -> headWeights(c.keep()))
                .thenComparingDouble(Candidate::score))
        .map(Candidate::keep);
  }

  private long headWeights(Keep keep) {
    long sum = 0;
    for (int l = 0; l < keep.layers().size(); l++) {
      sum += weights.ofHeads(l, keep.layers().get(l).heads());
    }
    return sum;
  }

  private static int heads(Keep keep) {
    return keep.layers().stream().mapToInt(layer -> layer.heads().length).sum();
  }

  private boolean isWithin(Keep keep, double share) {
    Keep all = Keep.all(config);
    return headWeights(keep) <= share * headWeights(all) && heads(keep) <= share * heads(all);
  }

  /// {@return number of weights that belong to heads and neurons of the kept part}
  ///
  /// @param keep what stays
  public long parameters(Keep keep) {
    return weights.of(keep);
  }

  /// {@return numbers of key/value heads and of query heads for each, as far as any layer has them}
  private List<int[]> shapes() {
    int groups = config.layers().stream().mapToInt(LayerConfig::keyHeads).max().orElse(0);
    int heads = config.layers().stream().mapToInt(Selection::largestGroup).max().orElse(0);
    List<int[]> shapes = new ArrayList<>();
    for (int g = 1; g <= groups; g++) {
      for (int perGroup = 1; perGroup <= heads; perGroup++) {
        shapes.add(new int[] {g, perGroup});
      }
    }
    return shapes;
  }

  private record Candidate(Keep keep, double score) {}

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
    double weightsLeft = budget.parameterShare() * weights.ofAll() - weights.of(headsOnly);
    int componentsLeft = budget.components() - headsOnly.components();
    long layers = config.layers().stream().filter(layer -> layer.neurons() > 0).count();
    if (weightsLeft < 0 || componentsLeft < 0) {
      return null;
    }
    if (layers == 0) {
      return headsOnly;
    }
    double byWeights = weightsLeft / (weights.ofNeuron() * layers);
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
