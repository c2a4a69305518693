package ai.hartonomous.model.transformer;

import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Weight;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The attention inputs of a pass in which every query head reads three own copies of the residual
/// stream: one each for its queries, its keys and its values. Heads that share a key/value head
/// then have keys and values of their own, computed with the shared weights.
final class SplitInputs {
  private static final List<Site> SITES =
      List.of(Site.QUERY_INPUT, Site.KEY_INPUT, Site.VALUE_INPUT);

  /// What one of the three projections of all heads reads, `[H R, D]`, head by head.
  static final class Copies {
    float[] residual = {};
    float[] stats = {};
    float[] normed = {};

    void reserve(int rows, int d) {
      residual = Trace.grown(residual, rows, d);
      stats = Trace.grown(stats, rows, 2);
      normed = Trace.grown(normed, rows, d);
    }
  }

  private final Kernels kernels;
  private final int layer;
  private final int[] keyHeadOf;
  private final int rows;
  private final int d;
  private final int k;

  SplitInputs(Transformer transformer, int layer, int rows) {
    this.kernels = transformer.kernels();
    this.layer = layer;
    this.keyHeadOf = transformer.config().layers().get(layer).keyHeadOf();
    this.rows = rows;
    this.d = transformer.config().width();
    this.k = transformer.config().extents().headWidth();
  }

  /// {@return a layer of as many key/value heads as query heads}
  static LayerConfig expanded(LayerConfig layer) {
    return LayerConfig.grouped(layer.heads(), layer.heads(), layer.neurons());
  }

  /// Projects queries, keys and values, each `[R, H K]`, out of copies of the residual stream.
  ///
  /// @param outputs receives queries, keys and values
  void forward(LayerWeights weights, Trace.Layer t, float[][] outputs, Hooks hooks) {
    Attention attention = weights.attention();
    List<Linear> maps = List.of(attention.query(), attention.key(), attention.value());
    int heads = keyHeadOf.length;
    for (int i = 0; i < SITES.size(); i++) {
      Copies copies = t.copies.get(i);
      copies.reserve(heads * rows, d);
      for (int h = 0; h < heads; h++) {
        System.arraycopy(t.residualBefore, 0, copies.residual, h * rows * d, rows * d);
      }
      Matrix residual = Matrix.of(copies.residual, heads * rows, d);
      hooks.at(new HookPoint(SITES.get(i), layer), residual);
      Matrix input = normed(weights.attentionNorm(), residual, copies);
      Matrix out = Matrix.of(outputs[i], rows, heads * k);
      for (int h = 0; h < heads; h++) {
        int from = weightHead(i, h) * k;
        float[] bias = maps.get(i).bias();
        kernels.project(
            input.rows(h * rows, (h + 1) * rows),
            matrix(maps.get(i).weight()).rows(from, from + k),
            bias == null ? null : Arrays.copyOfRange(bias, from, from + k),
            out.cols(h * k, (h + 1) * k));
      }
    }
  }

  /// Adds what the gradients of queries, keys and values, each `[R, H K]`, mean for the residual
  /// stream to `g.residual`.
  void backward(LayerWeights weights, Trace.Layer t, Trace.Gradients g, Hooks hooks) {
    Attention attention = weights.attention();
    List<Linear> maps = List.of(attention.query(), attention.key(), attention.value());
    float[][] outputs = {g.query, g.key, g.value};
    int heads = keyHeadOf.length;
    g.splitNormed = Trace.grown(g.splitNormed, heads * rows, d);
    for (int i = SITES.size() - 1; i >= 0; i--) {
      Matrix dNormed = Matrix.of(g.splitNormed, heads * rows, d);
      Matrix dOut = Matrix.of(outputs[i], rows, heads * k);
      for (int h = 0; h < heads; h++) {
        int from = weightHead(i, h) * k;
        kernels.multiply(
            dOut.cols(h * k, (h + 1) * k),
            matrix(maps.get(i).weight()).rows(from, from + k),
            dNormed.rows(h * rows, (h + 1) * rows));
      }
      Matrix dResidual = throughNorm(weights.attentionNorm(), t.copies.get(i), g, heads * rows);
      hooks.at(new HookPoint(SITES.get(i), layer), dResidual);
      for (int h = 0; h < heads; h++) {
        float[] part = Arrays.copyOfRange(dResidual.data(), h * rows * d, (h + 1) * rows * d);
        kernels.add(g.residual, part, g.residual, rows * d);
      }
    }
  }

  private Matrix throughNorm(@Nullable Norm norm, Copies copies, Trace.Gradients g, int allRows) {
    Matrix dNormed = Matrix.of(g.splitNormed, allRows, d);
    if (norm == null) {
      return dNormed;
    }
    g.splitResidual = Trace.grown(g.splitResidual, allRows, d);
    Arrays.fill(g.splitResidual, 0, allRows * d, 0f);
    Matrix dResidual = Matrix.of(g.splitResidual, allRows, d);
    Matrix residual = Matrix.of(copies.residual, allRows, d);
    kernels.normBackward(norm, residual, copies.stats, dNormed, dResidual, null);
    return dResidual;
  }

  private int weightHead(int projection, int head) {
    return projection == 0 ? head : keyHeadOf[head];
  }

  private Matrix normed(@Nullable Norm norm, Matrix residual, Copies copies) {
    if (norm == null) {
      return residual;
    }
    Matrix out = Matrix.of(copies.normed, residual.rows(), d);
    kernels.norm(norm, residual, out, copies.stats);
    return out;
  }

  private static Matrix matrix(Weight weight) {
    if (weight instanceof Matrix matrix) {
      return matrix;
    }
    throw new IllegalStateException("inputs cannot be split in a quantised model");
  }
}
