package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.FrozenLayer.FrozenMlp;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Weight;
import org.jspecify.annotations.Nullable;

/// The frozen model run forwards, in plain loops and double precision: every source may be scaled,
/// and every feature and the output are read. It shares no step with {@link BackwardWalk}, so the
/// two check each other: scaling a source by 2 must change every reading by the edge between them.
///
/// Slow: about `T (D² + 2 D H K + D G K)` multiplications a layer, one at a time.
final class FrozenForward {
  private final FrozenModel frozen;
  private final NodeIndex nodes;
  private final ModelConfig config;
  private final Weights weights;
  private final int tokens;
  private final int d;

  FrozenForward(FrozenModel frozen) {
    this.frozen = frozen;
    this.nodes = frozen.nodes();
    this.config = frozen.transformer().config();
    this.weights = frozen.transformer().model().weights();
    this.tokens = frozen.tokens();
    this.d = config.width();
  }

  /// Runs the frozen model.
  ///
  /// @param factors what every source is multiplied by `[nodes]`; 1 leaves it as it was
  /// @return the readings
  NodeValues run(double[] factors) {
    double[] features = new double[nodes.features()];
    double[][] residual = embeddings(factors);
    for (int l = 0; l < frozen.layerCount(); l++) {
      double[][] attention = attention(l, residual, factors);
      double[][] between = sum(residual, attention);
      double[][] mlp = mlp(l, config.block().parallel() ? residual : between, factors, features);
      residual = sum(between, mlp);
    }
    Norm norm = weights.finalNorm();
    int bias = nodes.leaf(NodeKind.FINAL_NORM_BIAS, frozen.layerCount(), 0);
    double[] output =
        normed(
            norm, frozen.recording().scale(), residual[tokens - 1], bias < 0 ? 0 : factors[bias]);
    return new NodeValues(features, output);
  }

  private double[][] embeddings(double[] factors) {
    double[][] residual = new double[tokens][d];
    float[] row = new float[d];
    for (int q = 0; q < tokens; q++) {
      weights.tokens().readRow(frozen.id(q), row, 0);
      add(factors[nodes.leaf(NodeKind.TOKEN, 0, q)], row, residual[q]);
      Matrix learned = weights.positions();
      if (learned != null) {
        learned.readRow(q, row, 0);
        add(factors[nodes.leaf(NodeKind.POSITION, 0, q)], row, residual[q]);
      }
    }
    return residual;
  }

  private double[][] attention(int l, double[][] residual, double[] factors) {
    LayerWeights layer = weights.layers().get(l);
    Attention attention = layer.attention();
    ModelConfig.LayerConfig extents = config.layers().get(l);
    int k = config.extents().headWidth();
    double[][] values = new double[tokens][];
    for (int q = 0; q < tokens; q++) {
      double normBias = factor(factors, NodeKind.ATTENTION_NORM_BIAS, l, q);
      double scale = frozen.layer(l).attentionScale()[q];
      double[] input = normed(layer.attentionNorm(), scale, residual[q], normBias);
      values[q] = product(attention.value().weight(), input);
      add(factor(factors, NodeKind.ATTENTION_BIAS, l, q), attention.value().bias(), values[q]);
    }
    float[] pattern = frozen.layer(l).pattern();
    double[][] out = new double[tokens][];
    for (int q = 0; q < tokens; q++) {
      double[] heads = new double[extents.heads() * k];
      for (int h = 0; h < extents.heads(); h++) {
        int from = extents.keyHeadOf()[h] * k;
        for (int s = 0; s < tokens; s++) {
          double share = pattern[(h * tokens + q) * tokens + s];
          for (int c = 0; c < k; c++) {
            heads[h * k + c] += share * values[s][from + c];
          }
        }
      }
      out[q] = product(attention.output().weight(), heads);
      add(factor(factors, NodeKind.ATTENTION_BIAS, l, q), attention.output().bias(), out[q]);
    }
    return out;
  }

  private double[][] mlp(int l, double[][] source, double[] factors, double[] features) {
    double[][] out = new double[tokens][d];
    FrozenMlp mlp = frozen.layer(l).mlp();
    for (int q = 0; mlp != null && q < tokens; q++) {
      double normBias = factor(factors, NodeKind.MLP_NORM_BIAS, l, q);
      double scale = frozen.layer(l).mlpScale()[q];
      double[] input = normed(weights.layers().get(l).mlpNorm(), scale, source[q], normBias);
      read(l, q, mlp, input, features);
      write(l, q, mlp, factors, out[q]);
      Matrix followed = mlp.followedSkip();
      if (followed != null) {
        double[] skip = product(followed, input);
        for (int c = 0; c < d; c++) {
          out[q][c] += skip[c];
        }
      }
    }
    return out;
  }

  private void read(int l, int q, FrozenMlp mlp, double[] input, double[] features) {
    float[] row = new float[d];
    CoderWeights coder = mlp.weights();
    Latents active = mlp.active();
    for (int e = active.start(q); coder != null && e < active.start(q + 1); e++) {
      int feature = nodes.firstFeature(l, q) + e - active.start(q);
      coder.encoder().readRow(active.latent(e), row, 0);
      for (int c = 0; c < d; c++) {
        features[feature] += row[c] * input[c];
      }
    }
  }

  private void write(int l, int q, FrozenMlp mlp, double[] factors, double[] out) {
    float[] row = new float[d];
    CoderWeights coder = mlp.weights();
    Latents active = mlp.active();
    for (int e = active.start(q); coder != null && e < active.start(q + 1); e++) {
      int feature = nodes.firstFeature(l, q) + e - active.start(q);
      coder.decoder().readRow(active.latent(e), row, 0);
      add(factors[feature] * active.value(e), row, out);
    }
    mlp.error().readRow(q, row, 0);
    add(factors[nodes.leaf(NodeKind.ERROR, l, q)], row, out);
    if (coder != null) {
      add(factor(factors, NodeKind.DECODER_BIAS, l, q), coder.decoderBias(), out);
    }
    if (mlp.skip() != null) {
      mlp.skip().readRow(q, row, 0);
      add(factor(factors, NodeKind.SKIP, l, q), row, out);
    }
  }

  private double factor(double[] factors, NodeKind kind, int l, int q) {
    int node = nodes.leaf(kind, l, q);
    return node < 0 ? 0 : factors[node];
  }

  /// `γ ⊙ s C x + factor b`.
  private double[] normed(@Nullable Norm norm, double scale, double[] x, double biasFactor) {
    if (norm == null) {
      return x.clone();
    }
    double mean = 0;
    for (int c = 0; norm.kind() == Norm.Kind.LAYER && c < d; c++) {
      mean += x[c] / d;
    }
    double[] out = new double[d];
    for (int c = 0; c < d; c++) {
      out[c] = norm.gain()[c] * scale * (x[c] - mean);
    }
    add(biasFactor, norm.bias(), out);
    return out;
  }

  private static double[] product(Weight weight, double[] x) {
    double[] out = new double[weight.rows()];
    float[] row = new float[weight.cols()];
    for (int r = 0; r < out.length; r++) {
      weight.readRow(r, row, 0);
      for (int c = 0; c < row.length; c++) {
        out[r] += row[c] * x[c];
      }
    }
    return out;
  }

  private static void add(double factor, float @Nullable [] x, double[] out) {
    for (int c = 0; x != null && c < out.length; c++) {
      out[c] += factor * x[c];
    }
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] out = new double[a.length][];
    for (int q = 0; q < a.length; q++) {
      out[q] = a[q].clone();
      for (int c = 0; c < b[q].length; c++) {
        out[q][c] += b[q][c];
      }
    }
    return out;
  }
}
