package ai.hartonomous.model.transformer;

import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// All weights of a model. The same class collects gradients: {@link #zeros} has the same shapes.
///
/// @param tokens token embedding `[V, D]`
/// @param positions position embedding `[P, D]`, or null where positions are rotated
/// @param layers one entry for each layer
/// @param finalNorm before the output matrix, or null
/// @param output output matrix `[outputs, D]` with optional bias; its weight is the very object
///   `tokens` where the two are tied
public record Weights(
    Weight tokens,
    @Nullable Matrix positions,
    List<LayerWeights> layers,
    @Nullable Norm finalNorm,
    Linear output) {

  /// Copies the list.
  public Weights {
    layers = List.copyOf(layers);
  }

  /// {@return whether the output matrix is the token embedding itself}
  @SuppressWarnings("ReferenceEquality") // tied means the same object, not equal numbers
  public boolean isTied() {
    return output.weight() == tokens;
  }

  /// One trainable tensor.
  ///
  /// @param name path such as `layers.3.attention.query.weight`
  /// @param data its numbers, row-major; changing them changes the model
  /// @param rows first extent; 1 for vectors
  /// @param cols second extent
  public record Parameter(String name, float[] data, int rows, int cols) {}

  /// {@return every tensor once, in a fixed order, tied ones under the first name}
  ///
  /// @throws IllegalStateException if a weight is quantised
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    addMatrix(all, "tokens", tokens);
    addMatrix(all, "positions", positions);
    for (int l = 0; l < layers.size(); l++) {
      addLayer(all, "layers.%d.".formatted(l), layers.get(l));
    }
    addNorm(all, "finalNorm", finalNorm);
    if (!isTied()) {
      addMatrix(all, "output.weight", output.weight());
    }
    addVector(all, "output.bias", output.bias());
    return List.copyOf(all);
  }

  /// {@return number of trainable numbers}
  public long parameterCount() {
    return parameters().stream().mapToLong(p -> p.data().length).sum();
  }

  /// {@return bytes of all matrices as they are in memory, tied ones once; norms and biases, which
  /// are small beside them, do not count}
  public long sizeBytes() {
    long bytes = tokens.sizeBytes() + (positions == null ? 0 : positions.sizeBytes());
    for (LayerWeights layer : layers) {
      Attention a = layer.attention();
      bytes += sizeBytes(a.query()) + sizeBytes(a.key()) + sizeBytes(a.value());
      bytes += sizeBytes(a.output());
      Mlp mlp = layer.mlp();
      if (mlp != null) {
        bytes += sizeBytes(mlp.gate()) + sizeBytes(mlp.up()) + sizeBytes(mlp.down());
      }
    }
    return bytes + (isTied() ? 0 : sizeBytes(output));
  }

  private static long sizeBytes(@Nullable Linear linear) {
    return linear == null ? 0 : linear.weight().sizeBytes();
  }

  /// {@return the same shapes, all zero, to collect gradients in}
  public Weights zeros() {
    Matrix zeroTokens = zeros(tokens);
    return new Weights(
        zeroTokens,
        positions == null ? null : zeros(positions),
        layers.stream().map(Weights::zeros).toList(),
        finalNorm == null ? null : finalNorm.zeros(),
        new Linear(isTied() ? zeroTokens : zeros(output.weight()), zerosOrNull(output.bias())));
  }

  private static LayerWeights zeros(LayerWeights layer) {
    Attention a = layer.attention();
    Mlp mlp = layer.mlp();
    return new LayerWeights(
        zeros(layer.attentionNorm()),
        new Attention(
            zeros(a.query()),
            zeros(a.key()),
            zeros(a.value()),
            zeros(a.output()),
            zeros(a.queryNorm()),
            zeros(a.keyNorm())),
        zeros(layer.mlpNorm()),
        mlp == null
            ? null
            : new Mlp(
                mlp.gate() == null ? null : zeros(mlp.gate()), zeros(mlp.up()), zeros(mlp.down())));
  }

  /// {@return the same weights with other matrices; norms, biases and the position embedding stay,
  /// and what is tied is converted once}
  ///
  /// @param convert makes the new matrix of one
  public Weights withMatrices(UnaryOperator<Weight> convert) {
    Weight newTokens = convert.apply(tokens);
    return new Weights(
        newTokens,
        positions,
        layers.stream().map(layer -> convert(layer, convert)).toList(),
        finalNorm,
        isTied() ? new Linear(newTokens, output.bias()) : convert(output, convert));
  }

  private static LayerWeights convert(LayerWeights layer, UnaryOperator<Weight> convert) {
    Attention a = layer.attention();
    Mlp mlp = layer.mlp();
    Linear gate = mlp == null ? null : mlp.gate();
    return new LayerWeights(
        layer.attentionNorm(),
        new Attention(
            convert(a.query(), convert),
            convert(a.key(), convert),
            convert(a.value(), convert),
            convert(a.output(), convert),
            a.queryNorm(),
            a.keyNorm()),
        layer.mlpNorm(),
        mlp == null
            ? null
            : new Mlp(
                gate == null ? null : convert(gate, convert),
                convert(mlp.up(), convert),
                convert(mlp.down(), convert)));
  }

  private static Linear convert(Linear linear, UnaryOperator<Weight> convert) {
    return new Linear(convert.apply(linear.weight()), linear.bias());
  }

  private static Linear zeros(Linear linear) {
    return new Linear(zeros(linear.weight()), zerosOrNull(linear.bias()));
  }

  private static Matrix zeros(Weight weight) {
    return Matrix.zeros(weight.rows(), weight.cols());
  }

  private static @Nullable Norm zeros(@Nullable Norm norm) {
    return norm == null ? null : norm.zeros();
  }

  private static float @Nullable [] zerosOrNull(float @Nullable [] vector) {
    return vector == null ? null : new float[vector.length];
  }

  private static void addLayer(List<Parameter> all, String prefix, LayerWeights layer) {
    addNorm(all, prefix + "attentionNorm", layer.attentionNorm());
    addLinear(all, prefix + "attention.query", layer.attention().query());
    addLinear(all, prefix + "attention.key", layer.attention().key());
    addLinear(all, prefix + "attention.value", layer.attention().value());
    addLinear(all, prefix + "attention.output", layer.attention().output());
    addNorm(all, prefix + "attention.queryNorm", layer.attention().queryNorm());
    addNorm(all, prefix + "attention.keyNorm", layer.attention().keyNorm());
    addNorm(all, prefix + "mlpNorm", layer.mlpNorm());
    Mlp mlp = layer.mlp();
    if (mlp != null) {
      addLinear(all, prefix + "mlp.gate", mlp.gate());
      addLinear(all, prefix + "mlp.up", mlp.up());
      addLinear(all, prefix + "mlp.down", mlp.down());
    }
  }

  private static void addLinear(List<Parameter> all, String name, @Nullable Linear linear) {
    if (linear != null) {
      addMatrix(all, name + ".weight", linear.weight());
      addVector(all, name + ".bias", linear.bias());
    }
  }

  private static void addNorm(List<Parameter> all, String name, @Nullable Norm norm) {
    if (norm != null) {
      addVector(all, name + ".gain", norm.gain());
      addVector(all, name + ".bias", norm.bias());
    }
  }

  private static void addVector(List<Parameter> all, String name, float @Nullable [] vector) {
    if (vector != null && vector.length > 0) {
      all.add(new Parameter(name, vector, 1, vector.length));
    }
  }

  private static void addMatrix(List<Parameter> all, String name, @Nullable Weight weight) {
    if (weight == null || weight.rows() == 0 || weight.cols() == 0) {
      return;
    }
    if (!(weight instanceof Matrix matrix)) {
      throw new IllegalStateException(name + " is quantised and cannot be trained");
    }
    all.add(new Parameter(name, matrix.data(), matrix.rows(), matrix.cols()));
  }
}
