package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.FrozenLayer.FrozenMlp;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Weight;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Carries the reading directions of some targets back through a frozen model and meets every
/// source on the way. All targets of one walk read at the same layer and position, so that every
/// step is one matrix product. Only layers below and positions up to the target's are touched.
///
/// With `n` targets, `Q` positions in reach and rows ordered by position, then target, the gradient
/// `R` `[Q n, D]` on the residual stream goes through layer `k` from its output to its input:
/// 1. MLP: edges `a_j ⟨W_dec[j], R[q]⟩`, `⟨error[q], R[q]⟩`, `⟨b_dec, R[q]⟩`; skip path `R += s
///    Cᵀ(γ ⊙ W_skipᵀ R)`.
/// 2. Attention: `z^h[q] = Σ_{q'} A^h[q', q] W_O^hᵀ R[q']`, `R += s Cᵀ(γ ⊙ Σ_h W_V^hᵀ z^h)`. Query
///    heads that share a value head add up there.
///
/// `s` is a norm's frozen 1 / denominator, `γ` its gain, `C` centring for LayerNorm and nothing for
/// RMS. In parallel blocks both read the same `R`. Biases of norms, values and outputs meet the
/// gradient where they are added.
final class BackwardWalk {
  private final FrozenModel frozen;
  private final NodeIndex nodes;
  private final Kernels kernels;
  private final ModelConfig config;
  private final Weights weights;
  private final int d;

  private int targets;
  private int reach;
  private Matrix rows = Matrix.zeros(0, 0);
  private float[] residual = {};
  private float[] skipGradient = {};
  private float[] attentionGradient = {};
  private float[] heads = {};
  private float[] values = {};
  private float[] packedHeads = {};
  private float[] packedValues = {};
  private float[] sources = {};
  private float[] products = {};

  BackwardWalk(FrozenModel frozen) {
    this.frozen = frozen;
    this.nodes = frozen.nodes();
    this.kernels = frozen.transformer().kernels();
    this.config = frozen.transformer().config();
    this.weights = frozen.transformer().model().weights();
    this.d = config.width();
  }

  /// Edges into features of one layer and position.
  ///
  /// @param layer where they read
  /// @param position where they read
  /// @param latents the features `[n]`
  /// @param out receives one row of edges for each, `[n, nodes]` (overwritten)
  void intoFeatures(int layer, int position, int[] latents, Matrix out) {
    begin(latents.length, frozen.reach(position), out);
    CoderWeights coder = FrozenModel.coder(frozen.mlp(layer)).weights();
    Matrix reading = Matrix.of(skipGradient, targets, d);
    kernels.gather(coder.encoder(), latents, reading);
    Norm norm = weights.layers().get(layer).mlpNorm();
    biasRow(norm == null ? null : norm.bias(), reading, NodeKind.MLP_NORM_BIAS, layer, position);
    addThroughNorm(norm, frozen.layer(layer).mlpScale(), position, position + 1, skipGradient);
    if (!config.block().parallel()) {
      attention(layer);
      addThroughAttentionNorm(layer);
    }
    down(layer - 1);
  }

  /// Edges into directions of the final norm's output at the last position.
  ///
  /// @param directions what is read `[n, D]`, row-major
  /// @param out receives one row of edges for each, `[n, nodes]` (overwritten)
  void intoOutput(Matrix directions, Matrix out) {
    int last = frozen.tokens() - 1;
    begin(directions.rows(), frozen.tokens(), out);
    System.arraycopy(directions.data(), directions.offset(), skipGradient, 0, targets * d);
    Norm norm = weights.finalNorm();
    int layers = frozen.layerCount();
    if (norm != null && norm.bias() != null) {
      project(directions, norm.bias());
      scatter(nodes.leaf(NodeKind.FINAL_NORM_BIAS, layers, 0), 1);
    }
    float[] scale = new float[frozen.tokens()];
    scale[last] = frozen.recording().scale();
    addThroughNorm(norm, scale, last, last + 1, skipGradient);
    down(layers - 1);
  }

  private void begin(int count, int positions, Matrix out) {
    targets = count;
    reach = positions;
    rows = out;
    for (int t = 0; t < count; t++) {
      int from = out.rowOffset(t);
      Arrays.fill(out.data(), from, from + out.cols(), 0f);
    }
    int size = Math.multiplyExact(Math.multiplyExact(count, positions), d);
    residual = grown(residual, size);
    skipGradient = grown(skipGradient, size);
    attentionGradient = grown(attentionGradient, size);
    Arrays.fill(residual, 0, size, 0f);
  }

  private void down(int from) {
    for (int l = from; l >= 0; l--) {
      FrozenMlp mlp = frozen.layer(l).mlp();
      boolean parallel = config.block().parallel();
      boolean skips = false;
      if (mlp != null) {
        meetSources(l, mlp);
        skips = skip(l, mlp);
      }
      if (skips && !parallel) {
        addThroughMlpNorm(l);
      }
      attention(l);
      addThroughAttentionNorm(l);
      if (skips && parallel) {
        addThroughMlpNorm(l);
      }
    }
    meetEmbeddings();
  }

  private void addThroughMlpNorm(int l) {
    Norm norm = weights.layers().get(l).mlpNorm();
    addThroughNorm(norm, frozen.layer(l).mlpScale(), 0, reach, skipGradient);
  }

  private void addThroughAttentionNorm(int l) {
    Norm norm = weights.layers().get(l).attentionNorm();
    addThroughNorm(norm, frozen.layer(l).attentionScale(), 0, reach, attentionGradient);
  }

  /// The gradient on the MLP's input that comes through the skip path, in `skipGradient`.
  private boolean skip(int l, FrozenMlp mlp) {
    Matrix skip = mlp.followedSkip();
    if (skip == null) {
      return false;
    }
    Matrix gradient = all(skipGradient, d);
    kernels.multiply(all(residual, d), skip, gradient);
    Norm norm = weights.layers().get(l).mlpNorm();
    bias(norm == null ? null : norm.bias(), gradient, NodeKind.MLP_NORM_BIAS, l);
    return true;
  }

  /// The gradient on attention's input, in `attentionGradient`.
  private void attention(int l) {
    LayerWeights layer = weights.layers().get(l);
    Attention attention = layer.attention();
    ModelConfig.LayerConfig extents = config.layers().get(l);
    int width = extents.heads() * config.extents().headWidth();
    int valueWidth = extents.keyHeads() * config.extents().headWidth();
    Matrix gradient = all(residual, d);
    bias(attention.output().bias(), gradient, NodeKind.ATTENTION_BIAS, l);
    if (width == 0 || valueWidth == 0) {
      Arrays.fill(attentionGradient, 0, targets * reach * d, 0f);
      return;
    }
    heads = grown(heads, targets * reach * width);
    values = grown(values, targets * reach * valueWidth);
    kernels.multiply(gradient, matrix(attention.output().weight()), all(heads, width));
    mix(l, extents);
    Matrix onValues = all(values, valueWidth);
    bias(attention.value().bias(), onValues, NodeKind.ATTENTION_BIAS, l);
    Matrix onInput = all(attentionGradient, d);
    kernels.multiply(onValues, matrix(attention.value().weight()), onInput);
    Norm norm = layer.attentionNorm();
    bias(norm == null ? null : norm.bias(), onInput, NodeKind.ATTENTION_NORM_BIAS, l);
  }

  /// `values[q, g] = Σ_{h reads g} Σ_{q'} A^h[q', q] heads[q', h]`: one product for each head, all
  /// targets side by side.
  private void mix(int l, ModelConfig.LayerConfig extents) {
    int k = config.extents().headWidth();
    int tokens = frozen.tokens();
    int width = targets * k;
    packedHeads = grown(packedHeads, reach * width);
    packedValues = grown(packedValues, reach * width);
    float[] pattern = frozen.layer(l).pattern();
    Matrix from = Matrix.of(packedHeads, reach, width);
    Matrix to = Matrix.of(packedValues, reach, width);
    for (int g = 0; g < extents.keyHeads(); g++) {
      Arrays.fill(packedValues, 0, reach * width, 0f);
      for (int h = 0; h < extents.heads(); h++) {
        if (extents.keyHeadOf()[h] == g) {
          copy(new Columns(heads, extents.heads() * k, h * k), new Columns(packedHeads, k, 0), k);
          Matrix readers =
              new Matrix(pattern, h * tokens * tokens, reach, reach, tokens, 1).transposed();
          kernels.multiplyAdd(readers, from, to);
        }
      }
      copy(new Columns(packedValues, k, 0), new Columns(values, extents.keyHeads() * k, g * k), k);
    }
  }

  /// Some neighbouring columns of a row-major buffer.
  private record Columns(float[] data, int width, int first) {}

  private void copy(Columns from, Columns to, int count) {
    for (int r = 0; r < targets * reach; r++) {
      System.arraycopy(
          from.data(),
          r * from.width() + from.first(),
          to.data(),
          r * to.width() + to.first(),
          count);
    }
  }

  private void meetSources(int l, FrozenMlp mlp) {
    for (int q = 0; q < reach; q++) {
      int features = mlp.active().start(q + 1) - mlp.active().start(q);
      int count = features + 3;
      sources = grown(sources, count * d);
      products = grown(products, targets * count);
      int used = gather(l, q, mlp);
      Matrix products = Matrix.of(this.products, targets, used);
      kernels.project(at(q), Matrix.of(sources, used, d), null, products);
      store(l, q, mlp, products);
    }
  }

  private int gather(int l, int q, FrozenMlp mlp) {
    int used = 0;
    Latents active = mlp.active();
    CoderWeights coder = mlp.weights();
    if (coder != null) {
      for (int e = active.start(q); e < active.start(q + 1); e++) {
        coder.decoder().readRow(active.latent(e), sources, used++ * d);
      }
    }
    mlp.error().readRow(q, sources, used++ * d);
    if (coder != null) {
      System.arraycopy(coder.decoderBias(), 0, sources, used++ * d, d);
    }
    if (nodes.leaf(NodeKind.SKIP, l, q) >= 0 && mlp.skip() != null) {
      mlp.skip().readRow(q, sources, used++ * d);
    }
    return used;
  }

  private void store(int l, int q, FrozenMlp mlp, Matrix products) {
    Latents active = mlp.active();
    int features = active.start(q + 1) - active.start(q);
    int firstFeature = features == 0 ? 0 : nodes.firstFeature(l, q);
    int error = nodes.leaf(NodeKind.ERROR, l, q);
    int bias = nodes.leaf(NodeKind.DECODER_BIAS, l, q);
    int skip = nodes.leaf(NodeKind.SKIP, l, q);
    for (int t = 0; t < targets; t++) {
      int from = products.rowOffset(t);
      int to = rows.rowOffset(t);
      for (int i = 0; i < features; i++) {
        rows.data()[to + firstFeature + i] =
            active.value(active.start(q) + i) * products.data()[from + i];
      }
      rows.data()[to + error] = products.data()[from + features];
      if (bias >= 0) {
        rows.data()[to + bias] = products.data()[from + features + 1];
      }
      if (skip >= 0) {
        rows.data()[to + skip] = products.data()[from + features + 2];
      }
    }
  }

  private void meetEmbeddings() {
    sources = grown(sources, d);
    for (int q = 0; q < reach; q++) {
      weights.tokens().readRow(frozen.id(q), sources, 0);
      meetOne(q, nodes.leaf(NodeKind.TOKEN, 0, q));
      Matrix learned = weights.positions();
      if (learned != null) {
        learned.readRow(q, sources, 0);
        meetOne(q, nodes.leaf(NodeKind.POSITION, 0, q));
      }
    }
  }

  private void meetOne(int q, int node) {
    products = grown(products, targets);
    kernels.project(at(q), Matrix.of(sources, 1, d), null, Matrix.of(products, targets, 1));
    scatter(node, 1);
  }

  /// Adds what a bias contributes at every position.
  private void bias(float @Nullable [] bias, Matrix gradient, NodeKind kind, int l) {
    if (bias != null) {
      project(gradient, bias);
      scatter(nodes.leaf(kind, l, 0), reach);
    }
  }

  /// Adds what a bias contributes at one position.
  private void biasRow(
      float @Nullable [] bias, Matrix gradient, NodeKind kind, int l, int position) {
    if (bias != null) {
      project(gradient, bias);
      scatter(nodes.leaf(kind, l, position), 1);
    }
  }

  private void project(Matrix gradient, float[] bias) {
    products = grown(products, gradient.rows());
    Matrix row = Matrix.of(bias, 1, bias.length);
    kernels.project(gradient, row, null, Matrix.of(products, gradient.rows(), 1));
  }

  /// Adds `products` `[positions, n]` to the columns from `first` on.
  private void scatter(int first, int positions) {
    for (int q = 0; q < positions; q++) {
      for (int t = 0; t < targets; t++) {
        rows.data()[rows.rowOffset(t) + first + q] += products[q * targets + t];
      }
    }
  }

  /// `residual[q] += s[q] Cᵀ(γ ⊙ gradient[q])` for positions `from` to `to`; row 0 of `gradient`
  /// belongs to position `from`.
  private void addThroughNorm(
      @Nullable Norm norm, float[] scale, int from, int to, float[] gradient) {
    for (int r = 0; r < (to - from) * targets; r++) {
      int in = r * d;
      int out = in + from * targets * d;
      if (norm == null) {
        for (int c = 0; c < d; c++) {
          residual[out + c] += gradient[in + c];
        }
        continue;
      }
      float[] gain = norm.gain();
      float s = scale[from + r / targets];
      double sum = 0;
      for (int c = 0; norm.kind() == Norm.Kind.LAYER && c < d; c++) {
        sum += (double) gain[c] * gradient[in + c];
      }
      float mean = (float) (sum / d);
      for (int c = 0; c < d; c++) {
        residual[out + c] += s * (gain[c] * gradient[in + c] - mean);
      }
    }
  }

  private Matrix all(float[] buffer, int width) {
    return Matrix.of(buffer, targets * reach, width);
  }

  private Matrix at(int q) {
    return all(residual, d).rows(q * targets, (q + 1) * targets);
  }

  private static Matrix matrix(Weight weight) {
    if (weight instanceof Matrix matrix) {
      return matrix;
    }
    throw new IllegalStateException("a quantised weight came past the check");
  }

  private static float[] grown(float[] buffer, int size) {
    return buffer.length >= size ? buffer : new float[size];
  }
}
