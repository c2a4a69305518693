package ai.hartonomous.distill.prune;

import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Removes heads and neurons: the rows and columns of their weights go, and what they wrote on
/// average is added to the bias of the projection that read them,
///
/// ```
/// b' = b + Σ_{removed c} W[:, c] m_c
/// ```
///
/// so that a component with a constant output is removed without any change of the function. A
/// key/value head goes with the last query head that reads it. The result shares no array with the
/// source and may be trained. Source of the idea of replacing by the mean: Molchanov et al., 2017,
/// arXiv:1611.06440; folding it is exact because attention output and MLP output are linear in it.
public final class Pruner {

  private Pruner() {}

  /// Removes everything that `keep` does not name.
  ///
  /// @param model source; unchanged
  /// @param keep what stays
  /// @param means what the removed components are replaced with
  /// @return a smaller model
  /// @throws IllegalArgumentException if `keep` or `means` do not fit the model
  public static Model prune(Model model, Keep keep, ComponentMeans means) {
    ModelConfig config = model.config();
    int count = config.layers().size();
    if (keep.layers().size() != count || means.layers().size() != count) {
      throw new IllegalArgumentException(
          "%d layers, %d in keep, %d in means"
              .formatted(count, keep.layers().size(), means.layers().size()));
    }
    List<LayerConfig> layers = new ArrayList<>();
    List<LayerWeights> weights = new ArrayList<>();
    for (int l = 0; l < count; l++) {
      LayerConfig layer = config.layers().get(l);
      var cut = new Cut(config.extents().headWidth(), layer, keep.layers().get(l));
      layers.add(cut.config());
      weights.add(layer(model.weights().layers().get(l), cut, means.layers().get(l)));
    }
    return new Model(config.withLayers(layers), shared(model, weights));
  }

  private static Weights shared(Model model, List<LayerWeights> layers) {
    Weights source = model.weights();
    Matrix tokens = copy(source.tokens());
    Linear output = source.output();
    Weight outputWeight = model.config().tied() ? tokens : copy(output.weight());
    Matrix positions = source.positions();
    return new Weights(
        tokens,
        positions == null ? null : copy(positions),
        layers,
        copy(source.finalNorm()),
        new Linear(outputWeight, copy(output.bias())));
  }

  private static LayerWeights layer(LayerWeights source, Cut cut, ComponentMeans.Layer means) {
    Attention a = source.attention();
    int[] query = cut.channels(cut.keep.heads());
    int[] key = cut.channels(cut.keyHeads);
    Attention attention =
        new Attention(
            rows(a.query(), query),
            rows(a.key(), key),
            rows(a.value(), key),
            columns(a.output(), query, means.heads()),
            copy(a.queryNorm()),
            copy(a.keyNorm()));
    Mlp mlp = source.mlp();
    return new LayerWeights(
        copy(source.attentionNorm()),
        attention,
        copy(source.mlpNorm()),
        mlp == null ? null : mlp(mlp, cut.keep.neurons(), means.neurons()));
  }

  private static Mlp mlp(Mlp mlp, int[] neurons, float[] means) {
    Linear gate = mlp.gate();
    return new Mlp(
        gate == null ? null : rows(gate, neurons),
        rows(mlp.up(), neurons),
        columns(mlp.down(), neurons, means));
  }

  private static Linear rows(Linear linear, int[] kept) {
    Weight weight = linear.weight();
    Matrix smaller = Matrix.zeros(kept.length, weight.cols());
    for (int r = 0; r < kept.length; r++) {
      weight.readRow(kept[r], smaller.data(), r * weight.cols());
    }
    float[] bias = linear.bias();
    return new Linear(smaller, bias == null ? null : pick(bias, kept));
  }

  /// Keeps some input columns and folds what the others read on average into the bias.
  private static Linear columns(Linear linear, int[] kept, float[] means) {
    Weight weight = linear.weight();
    if (means.length != weight.cols()) {
      throw new IllegalArgumentException(
          "%d means for %d columns".formatted(means.length, weight.cols()));
    }
    boolean[] stays = new boolean[weight.cols()];
    Arrays.stream(kept).forEach(c -> stays[c] = true);
    Matrix smaller = Matrix.zeros(weight.rows(), kept.length);
    float[] bias = linear.bias();
    float[] folded = bias == null ? new float[weight.rows()] : bias.clone();
    float[] row = new float[weight.cols()];
    for (int r = 0; r < weight.rows(); r++) {
      weight.readRow(r, row, 0);
      double constant = folded[r];
      for (int c = 0; c < row.length; c++) {
        constant += stays[c] ? 0 : (double) row[c] * means[c];
      }
      folded[r] = (float) constant;
      System.arraycopy(pick(row, kept), 0, smaller.data(), r * kept.length, kept.length);
    }
    boolean unchanged = bias == null && kept.length == weight.cols();
    return new Linear(smaller, unchanged ? null : folded);
  }

  private static float[] pick(float[] from, int[] chosen) {
    float[] picked = new float[chosen.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = from[chosen[i]];
    }
    return picked;
  }

  private static Matrix copy(Weight weight) {
    Matrix copy = Matrix.zeros(weight.rows(), weight.cols());
    for (int r = 0; r < weight.rows(); r++) {
      weight.readRow(r, copy.data(), r * weight.cols());
    }
    return copy;
  }

  private static @Nullable Norm copy(@Nullable Norm norm) {
    return norm == null
        ? null
        : new Norm(norm.kind(), norm.gain().clone(), copy(norm.bias()), norm.epsilon());
  }

  private static float @Nullable [] copy(float @Nullable [] vector) {
    return vector == null ? null : vector.clone();
  }

  /// What stays of one layer, with the key/value heads that follow from it.
  private static final class Cut {
    private final int headWidth;
    private final LayerConfig layer;
    private final Keep.Layer keep;
    private final int[] keyHeads;

    Cut(int headWidth, LayerConfig layer, Keep.Layer keep) {
      requireWithin("head", keep.heads(), layer.heads());
      requireWithin("neuron", keep.neurons(), layer.neurons());
      this.headWidth = headWidth;
      this.layer = layer;
      this.keep = keep;
      this.keyHeads =
          Arrays.stream(keep.heads()).map(h -> layer.keyHeadOf()[h]).sorted().distinct().toArray();
    }

    private static void requireWithin(String what, int[] kept, int count) {
      if (kept.length > 0 && kept[kept.length - 1] >= count) {
        throw new IllegalArgumentException(
            "%s %d kept of %d".formatted(what, kept[kept.length - 1], count));
      }
    }

    LayerConfig config() {
      int[] of =
          Arrays.stream(keep.heads())
              .map(h -> Arrays.binarySearch(keyHeads, layer.keyHeadOf()[h]))
              .toArray();
      return new LayerConfig(of, keyHeads.length, keep.neurons().length);
    }

    int[] channels(int[] heads) {
      return Arrays.stream(heads)
          .flatMap(h -> IntStream.range(h * headWidth, (h + 1) * headWidth))
          .toArray();
    }
  }
}
