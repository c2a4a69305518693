package ai.hartonomous.distill.prune;

import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Takes layers out of a model of which neither a head nor a neuron is left.
///
/// What such a layer adds to the residual stream is constant: the biases of its two projections,
/// with the folded means. It goes
/// - into the last bias of the nearest layer below that remains;
/// - where there is none, into the position embeddings, or into the token embeddings if the output
///   matrix is another one.
///
/// Nothing reads the stream between, so the function is the same but for rounding. Where tokens and
/// output share one matrix and positions are rotated, there is no place below the first layer: it
/// then remains, without heads and neurons, and adds its constant itself. At least one layer always
/// remains, because no format knows a model without any.
public final class EmptyLayers {

  private EmptyLayers() {}

  /// {@return which layers remain, ascending}
  ///
  /// @param config the model, before or after
  /// @param keep what is left of it, one entry for each layer there was
  public static int[] remaining(ModelConfig config, Keep keep) {
    boolean roomBelow = config.positions() instanceof Positions.Learned || !config.tied();
    List<Integer> remaining = new ArrayList<>();
    for (int l = 0; l < keep.layers().size(); l++) {
      boolean foldable = !remaining.isEmpty() || roomBelow;
      if (!isEmpty(keep.layers().get(l)) || !foldable) {
        remaining.add(l);
      }
    }
    return remaining.isEmpty()
        ? new int[1]
        : remaining.stream().mapToInt(Integer::intValue).toArray();
  }

  /// {@return the source's layer of each layer of an agent}
  ///
  /// @param agent the agent, with or without its empty layers
  /// @param keep what it has of its source
  /// @throws IllegalArgumentException if it has neither as many layers as its source nor as many as
  ///   remain
  public static int[] inSource(ModelConfig agent, Keep keep) {
    int count = agent.layers().size();
    if (count == keep.layers().size()) {
      return IntStream.range(0, count).toArray();
    }
    int[] remaining = remaining(agent, keep);
    if (remaining.length != count) {
      throw new IllegalArgumentException(
          "%d layers where %d of %d remain"
              .formatted(count, remaining.length, keep.layers().size()));
    }
    return remaining;
  }

  /// {@return the layers that were taken out and whose constants a layer received, ascending}
  ///
  /// @param remaining the layers that remain
  /// @param layers number of layers there were
  /// @param receiver a layer that remains, or -1 for the embeddings
  public static int[] foldedInto(int[] remaining, int layers, int receiver) {
    int next = layers;
    for (int l = remaining.length - 1; l >= 0 && remaining[l] > receiver; l--) {
      next = remaining[l];
    }
    return IntStream.range(receiver + 1, next).toArray();
  }

  /// {@return the model without its empty layers; the model itself if there are none to take out}
  ///
  /// @param model a pruned model, one layer for each of its source's; unchanged
  /// @param keep what it has of its source
  /// @throws IllegalArgumentException if the model has a head or neuron in a layer that `keep`
  ///   calls empty, or another number of layers
  public static Model remove(Model model, Keep keep) {
    List<LayerConfig> layers = model.config().layers();
    if (layers.size() != keep.layers().size()) {
      throw new IllegalArgumentException(
          "%d layers, %d in keep".formatted(layers.size(), keep.layers().size()));
    }
    for (int l = 0; l < layers.size(); l++) {
      boolean empty = layers.get(l).heads() + layers.get(l).neurons() == 0;
      if (isEmpty(keep.layers().get(l)) != empty) {
        throw new IllegalArgumentException("layer %d is not what was kept".formatted(l));
      }
    }
    int[] remaining = remaining(model.config(), keep);
    if (remaining.length == layers.size()) {
      return model;
    }
    List<LayerWeights> weights = new ArrayList<>();
    for (int l : remaining) {
      float[] folded = constants(model, foldedInto(remaining, layers.size(), l));
      weights.add(plus(model.weights().layers().get(l), folded));
    }
    float[] below = constants(model, foldedInto(remaining, layers.size(), -1));
    List<LayerConfig> rest = IntStream.of(remaining).mapToObj(layers::get).toList();
    return new Model(model.config().withLayers(rest), with(model.weights(), weights, below));
  }

  private static boolean isEmpty(Keep.Layer layer) {
    return layer.heads().length + layer.neurons().length == 0;
  }

  /// {@return what some empty layers add together; null if that is nothing}
  private static float @Nullable [] constants(Model model, int[] layers) {
    float[] sum = null;
    for (int l : layers) {
      LayerWeights layer = model.weights().layers().get(l);
      Mlp mlp = layer.mlp();
      sum = sum(sum, layer.attention().output().bias());
      sum = sum(sum, mlp == null ? null : mlp.down().bias());
    }
    return sum;
  }

  private static float @Nullable [] sum(float @Nullable [] a, float @Nullable [] b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    float[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  /// {@return the layer with a constant added to what it adds last}
  private static LayerWeights plus(LayerWeights layer, float @Nullable [] constant) {
    if (constant == null) {
      return layer;
    }
    Attention a = layer.attention();
    Mlp mlp = layer.mlp();
    Attention attention =
        mlp != null
            ? a
            : new Attention(
                a.query(),
                a.key(),
                a.value(),
                plus(a.output(), constant),
                a.queryNorm(),
                a.keyNorm());
    return new LayerWeights(
        layer.attentionNorm(),
        attention,
        layer.mlpNorm(),
        mlp == null ? null : new Mlp(mlp.gate(), mlp.up(), plus(mlp.down(), constant)));
  }

  private static Linear plus(Linear linear, float[] constant) {
    return new Linear(linear.weight(), sum(constant, linear.bias()));
  }

  private static Weights with(
      Weights source, List<LayerWeights> layers, float @Nullable [] constant) {
    Matrix positions = source.positions();
    Weight tokens = source.tokens();
    if (constant != null && positions != null) {
      positions = plus(positions, constant);
    } else if (constant != null) {
      tokens = plus(tokens, constant);
    }
    return new Weights(tokens, positions, layers, source.finalNorm(), source.output());
  }

  private static Matrix plus(Weight rows, float[] constant) {
    Matrix sum = Matrix.zeros(rows.rows(), rows.cols());
    for (int r = 0; r < rows.rows(); r++) {
      rows.readRow(r, sum.data(), r * rows.cols());
      for (int c = 0; c < constant.length; c++) {
        sum.data()[r * rows.cols() + c] += constant[c];
      }
    }
    return sum;
  }
}
