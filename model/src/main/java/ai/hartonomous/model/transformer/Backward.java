package ai.hartonomous.model.transformer;

import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.tensor.AttentionShape;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Rotary;
import ai.hartonomous.tensor.Weight;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One backward pass. It mirrors {@link Transformer} step by step, last step first. `g.residual`
/// always holds the gradient of the residual stream at the place the pass has reached.
final class Backward {
  private final Transformer transformer;
  private final Kernels kernels;
  private final ModelConfig config;
  private final Trace trace;
  private final Trace.Gradients g;
  private final @Nullable Weights gradients;
  private final Hooks hooks;
  private final int rows;
  private final int d;

  Backward(Transformer transformer, Trace trace, @Nullable Weights gradients, Hooks hooks) {
    this.transformer = transformer;
    this.kernels = transformer.kernels();
    this.config = transformer.config();
    this.trace = trace;
    this.g = trace.gradients;
    this.gradients = gradients;
    this.hooks = hooks;
    this.rows = trace.batch.rows();
    this.d = config.width();
  }

  void run(Matrix dLogits) {
    Weights weights = transformer.model().weights();
    g.residual = Trace.grown(g.residual, rows, d);
    g.branch = Trace.grown(g.branch, rows, d);
    g.attentionBranch = Trace.grown(g.attentionBranch, rows, d);
    g.normed = Trace.grown(g.normed, rows, d);
    hooks.at(new HookPoint(Site.LOGITS, 0), dLogits);
    Matrix normed = width(g.normed);
    linear(
        weights.output(),
        width(trace.finalNorm),
        dLogits,
        normed,
        gradients == null ? null : gradients.output());
    hooks.at(new HookPoint(Site.FINAL_NORM, 0), normed);
    Arrays.fill(g.residual, 0, rows * d, 0f);
    norm(
        weights.finalNorm(),
        trace.finalInput,
        trace.finalStats,
        gradients == null ? null : gradients.finalNorm());
    for (int l = config.layers().size() - 1; l >= 0; l--) {
      layer(l, weights.layers().get(l), gradients == null ? null : gradients.layers().get(l));
    }
    embeddings();
  }

  private void layer(int l, LayerWeights weights, @Nullable LayerWeights gradient) {
    Trace.Layer t = trace.layer(l);
    hooks.at(new HookPoint(Site.RESIDUAL_AFTER, l), width(g.residual));
    boolean parallel = config.block().parallel();
    if (parallel) {
      System.arraycopy(g.residual, 0, g.attentionBranch, 0, rows * d);
    }
    float[] source = parallel ? t.residualBefore : t.residualMiddle;
    mlp(l, weights, gradient, trace.splits() ? t.mlpResidual : source);
    if (!parallel) {
      System.arraycopy(g.residual, 0, g.attentionBranch, 0, rows * d);
    }
    attention(l, weights, gradient);
    hooks.at(new HookPoint(Site.RESIDUAL_BEFORE, l), width(g.residual));
  }

  private void mlp(int l, LayerWeights weights, @Nullable LayerWeights gradient, float[] source) {
    Mlp mlp = weights.mlp();
    if (mlp == null) {
      return;
    }
    Mlp dMlp = gradient == null ? null : gradient.mlp();
    Trace.Layer t = trace.layer(l);
    int n = config.layers().get(l).neurons();
    System.arraycopy(g.residual, 0, g.branch, 0, rows * d);
    Matrix dOut = width(g.branch);
    hooks.at(new HookPoint(Site.MLP_OUTPUT, l), dOut);
    g.neurons = Trace.grown(g.neurons, rows, n);
    Matrix dNeurons = Matrix.of(g.neurons, rows, n);
    linear(
        mlp.down(),
        Matrix.of(t.neurons, rows, n),
        dOut,
        dNeurons,
        dMlp == null ? null : dMlp.down());
    hooks.at(new HookPoint(Site.NEURONS, l), dNeurons);
    activation(t, mlp, dMlp, n);
    hooks.at(new HookPoint(Site.MLP_INPUT, l), width(g.normed));
    if (trace.splits()) {
      float[] before = Arrays.copyOf(g.residual, rows * d);
      Arrays.fill(g.residual, 0, rows * d, 0f);
      norm(weights.mlpNorm(), source, t.mlpStats, null);
      hooks.at(new HookPoint(Site.MLP_RESIDUAL, l), width(g.residual));
      kernels.add(g.residual, before, g.residual, rows * d);
    } else {
      norm(weights.mlpNorm(), source, t.mlpStats, gradient == null ? null : gradient.mlpNorm());
    }
  }

  /// From the gradient of the neurons to that of the MLP's input, in `g.normed`.
  private void activation(Trace.Layer t, Mlp mlp, @Nullable Mlp dMlp, int n) {
    Block block = config.block();
    Linear gate = mlp.gate();
    Matrix input = width(t.mlpInput);
    g.up = zeroed(g.up, rows * n);
    if (gate == null) {
      kernels.activateBackward(block.activation(), t.up, g.neurons, g.up, rows * n);
    } else {
      g.gate = zeroed(g.gate, rows * n);
      kernels.gateBackward(
          block.activation(),
          new Kernels.Gated(t.gate, t.up),
          g.neurons,
          new Kernels.Gated(g.gate, g.up),
          rows * n);
    }
    Matrix dUp = Matrix.of(g.up, rows, n);
    linear(mlp.up(), input, dUp, width(g.normed), dMlp == null ? null : dMlp.up());
    if (gate != null) {
      Matrix dGate = Matrix.of(g.gate, rows, n);
      linearAdd(gate, input, dGate, width(g.normed), dMlp == null ? null : dMlp.gate());
    }
  }

  private void attention(int l, LayerWeights weights, @Nullable LayerWeights gradient) {
    Attention attention = weights.attention();
    Attention dAttention = gradient == null ? null : gradient.attention();
    Trace.Layer t = trace.layer(l);
    LayerConfig layer = trace.layerConfig(l);
    int width = layer.heads() * config.extents().headWidth();
    Matrix dOut = width(g.attentionBranch);
    hooks.at(new HookPoint(Site.ATTENTION_OUTPUT, l), dOut);
    g.heads = Trace.grown(g.heads, rows, width);
    Matrix dHeads = Matrix.of(g.heads, rows, width);
    linear(
        attention.output(),
        Matrix.of(t.heads, rows, width),
        dOut,
        dHeads,
        dAttention == null ? null : dAttention.output());
    hooks.at(new HookPoint(Site.HEAD_OUTPUT, l), dHeads);
    attend(l, layer);
    unrotate(layer);
    headNorms(t, layer, attention, dAttention);
    if (trace.splits()) {
      new SplitInputs(transformer, l, rows).backward(weights, t, g, hooks);
      return;
    }
    projections(t, layer, attention, dAttention);
    norm(
        weights.attentionNorm(),
        t.residualBefore,
        t.attentionStats,
        gradient == null ? null : gradient.attentionNorm());
  }

  private void attend(int l, LayerConfig layer) {
    Trace.Layer t = trace.layer(l);
    AttentionShape shape = transformer.shape(layer, trace.batch);
    int k = config.extents().headWidth();
    g.query = zeroed(g.query, rows * layer.heads() * k);
    g.key = zeroed(g.key, rows * layer.keyHeads() * k);
    g.value = zeroed(g.value, rows * layer.keyHeads() * k);
    g.pattern = Trace.grown(g.pattern, shape.patternSize(), 1);
    kernels.attentionOutputBackward(
        shape, new Kernels.PatternValue(t.pattern, t.value), g.heads, g.pattern, g.value);
    int patternRows = shape.batch() * shape.heads() * shape.queries();
    hooks.at(
        new HookPoint(Site.ATTENTION_PATTERN, l), Matrix.of(g.pattern, patternRows, shape.keys()));
    kernels.attentionPatternBackward(
        shape,
        new Kernels.QueryKey(t.query, t.key),
        t.pattern,
        g.pattern,
        new Kernels.QueryKey(g.query, g.key));
  }

  private void unrotate(LayerConfig layer) {
    if (config.positions() instanceof Positions.Rotated rotated) {
      int k = config.extents().headWidth();
      Rotary angles = transformer.rotary(rotated, trace.positions);
      kernels.rotateBack(angles, Matrix.of(g.query, rows, layer.heads() * k), k, trace.positions);
      kernels.rotateBack(angles, Matrix.of(g.key, rows, layer.keyHeads() * k), k, trace.positions);
    }
  }

  /// From the gradients of queries and keys to those before their own norms.
  private void headNorms(
      Trace.Layer t, LayerConfig layer, Attention attention, @Nullable Attention dAttention) {
    int k = config.extents().headWidth();
    int queries = rows * layer.heads();
    int keys = rows * layer.keyHeads();
    Norm queryNorm = attention.queryNorm();
    if (queryNorm != null) {
      Norm dNorm = dAttention == null ? null : dAttention.queryNorm();
      g.query =
          headNorm(queryNorm, Matrix.of(t.queryRaw, queries, k), t.queryStats, g.query, dNorm);
    }
    Norm keyNorm = attention.keyNorm();
    if (keyNorm != null) {
      Norm dNorm = dAttention == null ? null : dAttention.keyNorm();
      g.key = headNorm(keyNorm, Matrix.of(t.keyRaw, keys, k), t.keyStats, g.key, dNorm);
    }
  }

  /// From the gradients of queries, keys and values to that of the attention's input.
  private void projections(
      Trace.Layer t, LayerConfig layer, Attention attention, @Nullable Attention dAttention) {
    int k = config.extents().headWidth();
    Matrix input = width(t.attentionInput);
    Matrix dInput = width(g.normed);
    Matrix dQuery = Matrix.of(g.query, rows, layer.heads() * k);
    Matrix dKey = Matrix.of(g.key, rows, layer.keyHeads() * k);
    Matrix dValue = Matrix.of(g.value, rows, layer.keyHeads() * k);
    Attention a = attention;
    linear(a.query(), input, dQuery, dInput, dAttention == null ? null : dAttention.query());
    linearAdd(a.key(), input, dKey, dInput, dAttention == null ? null : dAttention.key());
    linearAdd(a.value(), input, dValue, dInput, dAttention == null ? null : dAttention.value());
  }

  /// {@return the gradient of the heads before their norm; `dOut` becomes the spare buffer}
  private float[] headNorm(
      Norm norm, Matrix raw, float[] stats, float[] dOut, @Nullable Norm dNorm) {
    g.raw = zeroed(g.raw, raw.rows() * raw.cols());
    float[] result = g.raw;
    kernels.normBackward(
        norm,
        raw,
        stats,
        Matrix.of(dOut, raw.rows(), raw.cols()),
        Matrix.of(result, raw.rows(), raw.cols()),
        dNorm);
    g.raw = dOut;
    return result;
  }

  private void embeddings() {
    if (gradients == null) {
      return;
    }
    Matrix dResidual = width(g.residual);
    kernels.scatterAdd(dResidual, trace.batch.ids(), matrix(gradients.tokens()));
    Matrix dPositions = gradients.positions();
    if (dPositions != null) {
      kernels.scatterAdd(dResidual, trace.positions, dPositions);
    }
  }

  /// Adds the gradient that flows through a norm to `g.residual`; it comes in `g.normed`.
  private void norm(@Nullable Norm norm, float[] x, float[] stats, @Nullable Norm dNorm) {
    if (norm == null) {
      kernels.add(g.residual, g.normed, g.residual, rows * d);
    } else {
      kernels.normBackward(norm, width(x), stats, width(g.normed), width(g.residual), dNorm);
    }
  }

  private void linear(Linear linear, Matrix x, Matrix dOut, Matrix dX, @Nullable Linear gradient) {
    kernels.multiply(dOut, matrix(linear.weight()), dX);
    parameters(x, dOut, gradient);
  }

  private void linearAdd(
      Linear linear, Matrix x, Matrix dOut, Matrix dX, @Nullable Linear gradient) {
    kernels.multiplyAdd(dOut, matrix(linear.weight()), dX);
    parameters(x, dOut, gradient);
  }

  private void parameters(Matrix x, Matrix dOut, @Nullable Linear gradient) {
    if (gradient == null) {
      return;
    }
    kernels.multiplyAdd(dOut.transposed(), x, matrix(gradient.weight()));
    float[] dBias = gradient.bias();
    if (dBias != null) {
      kernels.sumRows(dOut, dBias);
    }
  }

  private Matrix width(float[] buffer) {
    return Matrix.of(buffer, rows, d);
  }

  private static float[] zeroed(float[] buffer, int size) {
    float[] result = Trace.grown(buffer, size, 1);
    Arrays.fill(result, 0, size, 0f);
    return result;
  }

  private static Matrix matrix(Weight weight) {
    if (weight instanceof Matrix matrix) {
      return matrix;
    }
    throw new IllegalStateException("a quantised weight has no gradient");
  }
}
