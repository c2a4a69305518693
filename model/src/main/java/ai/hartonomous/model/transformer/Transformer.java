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
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The forward pass of every family, with hook points, for whole sequences and for sequences that
/// grow token by token. Capture, patching, attribution, training and serving all use this one.
///
/// A transformer is used by one thread at a time, like the kernels it computes with; several
/// transformers may share one model.
public final class Transformer {
  private final Model model;
  private final Kernels kernels;
  private Rotary rotary = new Rotary(0, new float[0], new float[0]);

  /// Computes `model` with `kernels`.
  ///
  /// @param model what to compute
  /// @param kernels computes it; closed by its owner
  public Transformer(Model model, Kernels kernels) {
    this.model = model;
    this.kernels = kernels;
  }

  /// {@return the model}
  public Model model() {
    return model;
  }

  /// {@return the model's description}
  public ModelConfig config() {
    return model.config();
  }

  /// {@return what it computes with}
  public Kernels kernels() {
    return kernels;
  }

  /// {@return empty buffers for passes of this model}
  ///
  /// @param keep whether a backward pass will follow
  public Trace trace(Trace.Keep keep) {
    return trace(keep, Trace.Readers.SHARING);
  }

  /// {@return empty buffers for passes of this model}
  ///
  /// @param keep whether a backward pass will follow
  /// @param readers whether all that read the residual stream read the same numbers
  public Trace trace(Trace.Keep keep, Trace.Readers readers) {
    return new Trace(config(), keep, readers);
  }

  /// Tokens to add to one sequence.
  ///
  /// @param ids token ids `[T]`, at least one
  /// @param cache what the sequence has read before; grows by `T`
  public record Segment(int[] ids, KvCache cache) {}

  /// Runs whole sequences.
  ///
  /// @param batch token ids `[B, T]`
  /// @param trace receives the intermediate values
  /// @param hooks called at every hook point
  /// @return logits of all rows `[B T, outputs]`, valid until the trace is used again
  /// @throws IllegalArgumentException if an id is outside the vocabulary or a sequence is longer
  ///   than the model's positions
  public Matrix forward(Batch batch, Trace trace, Hooks hooks) {
    int[] positions = new int[batch.rows()];
    for (int r = 0; r < positions.length; r++) {
      positions[r] = r % batch.length();
    }
    Embedding.begin(this, batch, positions, trace);
    for (int l = 0; l < config().layers().size(); l++) {
      layer(l, trace, hooks, List.of());
    }
    trace.finalInput = trace.residualAfter;
    return finish(batch.rows(), trace, hooks);
  }

  /// Continues one cached sequence.
  ///
  /// @param ids new token ids `[T]`
  /// @param cache what was read before; grows by `T`
  /// @param trace receives the intermediate values
  /// @param hooks called at every hook point
  /// @return logits of the last new token `[1, outputs]`, valid until the trace is used again
  /// @throws IllegalArgumentException as {@link #forward}, or if the cache is full
  /// @throws IllegalStateException if the model is not causal, or the trace splits the readers
  public Matrix extend(int[] ids, KvCache cache, Trace trace, Hooks hooks) {
    return extend(List.of(new Segment(ids, cache)), trace, hooks);
  }

  /// Continues several cached sequences at once, each by its own number of tokens. The projections
  /// of all of them run as one product; attention runs sequence by sequence, and so do its hooks at
  /// {@link Site#ATTENTION_PATTERN}.
  ///
  /// @param segments new tokens, each with the cache of its own sequence
  /// @param trace receives the intermediate values
  /// @param hooks called at every hook point
  /// @return logits of the last new token of each sequence `[segments, outputs]`, valid until the
  ///   trace is used again
  /// @throws IllegalArgumentException as {@link #forward}, or if a cache is full
  /// @throws IllegalStateException if the model is not causal, or the trace splits the readers
  public Matrix extend(List<Segment> segments, Trace trace, Hooks hooks) {
    read(segments, trace, hooks);
    takeLastRows(segments, trace);
    return finish(segments.size(), trace, hooks);
  }

  /// Continues one cached sequence and tells what every new token leads to.
  ///
  /// @param ids new token ids `[T]`
  /// @param cache what was read before; grows by `T`
  /// @param trace receives the intermediate values
  /// @param hooks called at every hook point
  /// @return logits of every new token `[T, outputs]`, valid until the trace is used again
  /// @throws IllegalArgumentException as {@link #forward}, or if the cache is full
  /// @throws IllegalStateException if the model is not causal, or the trace splits the readers
  public Matrix extendEach(int[] ids, KvCache cache, Trace trace, Hooks hooks) {
    read(List.of(new Segment(ids, cache)), trace, hooks);
    trace.finalInput = trace.residualAfter;
    return finish(ids.length, trace, hooks);
  }

  private void read(List<Segment> segments, Trace trace, Hooks hooks) {
    if (!config().block().causal()) {
      throw new IllegalStateException("a model that reads both ways cannot grow token by token");
    }
    if (trace.splits()) {
      throw new IllegalStateException("a cache keeps no keys of split readers");
    }
    int[] ids = segments.stream().flatMapToInt(s -> Arrays.stream(s.ids())).toArray();
    int[] positions = new int[ids.length];
    int row = 0;
    for (Segment segment : segments) {
      segment.cache().reserve(segment.ids().length);
      for (int t = 0; t < segment.ids().length; t++) {
        positions[row++] = segment.cache().length() + t;
      }
    }
    Embedding.begin(this, new Batch(ids, 1, ids.length), positions, trace);
    for (int l = 0; l < config().layers().size(); l++) {
      layer(l, trace, hooks, segments);
    }
    for (Segment segment : segments) {
      segment.cache().advance(segment.ids().length);
    }
  }

  /// Runs the pass that `trace` holds backwards.
  ///
  /// @param trace values of a {@link #forward} pass, kept for training
  /// @param dLogits gradient of the loss for the logits `[B T, outputs]`
  /// @param gradients receives the gradients of the weights (added), or null where not wanted
  /// @param hooks sees the gradient at every hook point, last one first
  public void backward(Trace trace, Matrix dLogits, @Nullable Weights gradients, Hooks hooks) {
    if (trace.keep() != Trace.Keep.TRAINING) {
      throw new IllegalStateException("the trace kept nothing for a backward pass");
    }
    if (trace.splits() && gradients != null) {
      throw new IllegalStateException("weights get no gradients where readers are split");
    }
    new Backward(this, trace, gradients, hooks).run(dLogits);
  }

  private void layer(int l, Trace trace, Hooks hooks, List<Segment> segments) {
    LayerWeights weights = model.weights().layers().get(l);
    Trace.Layer t = trace.layer(l);
    int rows = trace.batch.rows();
    int d = config().width();
    int size = rows * d;
    boolean last = l == config().layers().size() - 1;
    float[] after = last ? trace.residualAfter : trace.layer(l + 1).residualBefore;
    hooks.at(new HookPoint(Site.RESIDUAL_BEFORE, l), Matrix.of(t.residualBefore, rows, d));
    attention(l, weights, trace, hooks, segments);
    if (config().block().parallel()) {
      mlp(l, weights, t, t.residualBefore, new Pass(trace, rows, hooks));
      kernels.add(t.residualBefore, t.attentionOutput, after, size);
      addMlp(weights, t, after, after, size);
    } else {
      kernels.add(t.residualBefore, t.attentionOutput, t.residualMiddle, size);
      mlp(l, weights, t, t.residualMiddle, new Pass(trace, rows, hooks));
      addMlp(weights, t, t.residualMiddle, after, size);
    }
    hooks.at(new HookPoint(Site.RESIDUAL_AFTER, l), Matrix.of(after, rows, d));
  }

  private void addMlp(LayerWeights weights, Trace.Layer t, float[] to, float[] out, int size) {
    if (weights.mlp() != null) {
      kernels.add(to, t.mlpOutput, out, size);
    } else {
      System.arraycopy(to, 0, out, 0, size);
    }
  }

  private record Pass(Trace trace, int rows, Hooks hooks) {}

  private void attention(
      int l, LayerWeights weights, Trace trace, Hooks hooks, List<Segment> segments) {
    Trace.Layer t = trace.layer(l);
    LayerConfig layer = trace.layerConfig(l);
    int rows = trace.batch.rows();
    int d = config().width();
    int k = config().extents().headWidth();
    projectHeads(l, weights, trace, hooks);
    if (config().positions() instanceof Positions.Rotated rotated) {
      Rotary angles = rotary(rotated, trace.positions);
      kernels.rotate(angles, Matrix.of(t.query, rows, layer.heads() * k), k, trace.positions);
      kernels.rotate(angles, Matrix.of(t.key, rows, layer.keyHeads() * k), k, trace.positions);
    }
    if (segments.isEmpty()) {
      attend(l, shape(layer, trace.batch), t, hooks);
    } else {
      CachedAttention.attend(this, l, segments, trace, hooks);
    }
    Matrix heads = Matrix.of(t.heads, rows, layer.heads() * k);
    hooks.at(new HookPoint(Site.HEAD_OUTPUT, l), heads);
    Matrix out = Matrix.of(t.attentionOutput, rows, d);
    project(heads, weights.attention().output(), out);
    hooks.at(new HookPoint(Site.ATTENTION_OUTPUT, l), out);
  }

  private void projectHeads(int l, LayerWeights weights, Trace trace, Hooks hooks) {
    Trace.Layer t = trace.layer(l);
    LayerConfig layer = trace.layerConfig(l);
    Attention attention = weights.attention();
    int rows = trace.batch.rows();
    int k = config().extents().headWidth();
    Norm queryNorm = attention.queryNorm();
    Norm keyNorm = attention.keyNorm();
    float[] query = queryNorm == null ? t.query : t.queryRaw;
    float[] key = keyNorm == null ? t.key : t.keyRaw;
    if (trace.splits()) {
      float[][] outputs = {query, key, t.value};
      new SplitInputs(this, l, rows).forward(weights, t, outputs, hooks);
    } else {
      Matrix residual = Matrix.of(t.residualBefore, rows, config().width());
      Matrix input = normed(weights.attentionNorm(), residual, t.attentionInput, t.attentionStats);
      kernels.projectAll(
          input,
          List.of(
              projection(attention.query(), Matrix.of(query, rows, layer.heads() * k)),
              projection(attention.key(), Matrix.of(key, rows, layer.keyHeads() * k)),
              projection(attention.value(), Matrix.of(t.value, rows, layer.keyHeads() * k))));
    }
    if (queryNorm != null) {
      int all = rows * layer.heads();
      kernels.norm(queryNorm, Matrix.of(query, all, k), Matrix.of(t.query, all, k), t.queryStats);
    }
    if (keyNorm != null) {
      int all = rows * layer.keyHeads();
      kernels.norm(keyNorm, Matrix.of(key, all, k), Matrix.of(t.key, all, k), t.keyStats);
    }
  }

  private void attend(int l, AttentionShape shape, Trace.Layer t, Hooks hooks) {
    t.pattern = Trace.grown(t.pattern, shape.patternSize(), 1);
    kernels.attentionPattern(shape, t.query, t.key, t.pattern);
    int patternRows = shape.batch() * shape.heads() * shape.queries();
    hooks.at(
        new HookPoint(Site.ATTENTION_PATTERN, l), Matrix.of(t.pattern, patternRows, shape.keys()));
    kernels.attentionOutput(shape, t.pattern, t.value, t.heads);
  }

  private void mlp(int l, LayerWeights weights, Trace.Layer t, float[] source, Pass pass) {
    Mlp mlp = weights.mlp();
    if (mlp == null) {
      return;
    }
    Block block = config().block();
    int rows = pass.rows();
    int n = config().layers().get(l).neurons();
    Matrix residual = Matrix.of(source, rows, config().width());
    if (pass.trace().splits()) {
      System.arraycopy(source, 0, t.mlpResidual, 0, rows * config().width());
      residual = Matrix.of(t.mlpResidual, rows, config().width());
      pass.hooks().at(new HookPoint(Site.MLP_RESIDUAL, l), residual);
    }
    Matrix input = normed(weights.mlpNorm(), residual, t.mlpInput, t.mlpStats);
    pass.hooks().at(new HookPoint(Site.MLP_INPUT, l), input);
    Kernels.Projection up = projection(mlp.up(), Matrix.of(t.up, rows, n));
    Linear gate = mlp.gate();
    if (gate == null) {
      kernels.projectAll(input, List.of(up));
      kernels.activate(block.activation(), t.up, t.neurons, rows * n);
    } else {
      kernels.projectAll(input, List.of(up, projection(gate, Matrix.of(t.gate, rows, n))));
      kernels.gate(block.activation(), t.gate, t.up, t.neurons, rows * n);
    }
    Matrix neurons = Matrix.of(t.neurons, rows, n);
    pass.hooks().at(new HookPoint(Site.NEURONS, l), neurons);
    Matrix out = Matrix.of(t.mlpOutput, rows, config().width());
    project(neurons, mlp.down(), out);
    pass.hooks().at(new HookPoint(Site.MLP_OUTPUT, l), out);
  }

  private void takeLastRows(List<Segment> segments, Trace trace) {
    int d = config().width();
    trace.lastRows = Trace.grown(trace.lastRows, segments.size(), d);
    trace.finalInput = trace.lastRows;
    int end = 0;
    for (int s = 0; s < segments.size(); s++) {
      end += segments.get(s).ids().length;
      System.arraycopy(trace.residualAfter, (end - 1) * d, trace.finalInput, s * d, d);
    }
  }

  private Matrix finish(int rows, Trace trace, Hooks hooks) {
    int d = config().width();
    trace.finalStats = Trace.grown(trace.finalStats, rows, 2);
    trace.finalNorm = Trace.grown(trace.finalNorm, rows, d);
    trace.logits = Trace.grown(trace.logits, rows, config().extents().outputs());
    Matrix residual = Matrix.of(trace.finalInput, rows, d);
    Matrix input = normed(model.weights().finalNorm(), residual, trace.finalNorm, trace.finalStats);
    hooks.at(new HookPoint(Site.FINAL_NORM, 0), input);
    Matrix logits = trace.logits(rows);
    project(input, model.weights().output(), logits);
    hooks.at(new HookPoint(Site.LOGITS, 0), logits);
    return logits;
  }

  /// {@return `residual` normalised into `out`, or copied there where the model has no norm}
  private Matrix normed(@Nullable Norm norm, Matrix residual, float[] out, float[] stats) {
    Matrix result = Matrix.of(out, residual.rows(), residual.cols());
    if (norm == null) {
      System.arraycopy(residual.data(), 0, out, 0, residual.rows() * residual.cols());
    } else {
      kernels.norm(norm, residual, result, stats);
    }
    return result;
  }

  private static Kernels.Projection projection(Linear linear, Matrix out) {
    return new Kernels.Projection(linear.weight(), linear.bias(), out);
  }

  private void project(Matrix x, Linear linear, Matrix out) {
    kernels.project(x, linear.weight(), linear.bias(), out);
  }

  /// {@return angles for all positions up to the largest of `positions`}
  Rotary rotary(Positions.Rotated rotated, int[] positions) {
    int needed = Arrays.stream(positions).max().orElse(-1) + 1;
    if (rotary.positions() < needed) {
      int room = Math.min(config().extents().positions(), Math.max(256, 2 * needed));
      rotary = Rotary.of(rotated.inverseFrequencies(), room);
    }
    return rotary;
  }

  AttentionShape shape(LayerConfig layer, Batch batch) {
    return shape(layer, batch.sequences(), batch.length(), batch.length());
  }

  AttentionShape shape(LayerConfig layer, int sequences, int queries, int keys) {
    Block block = config().block();
    return new AttentionShape(
        sequences,
        queries,
        keys,
        config().extents().headWidth(),
        new AttentionShape.KeyHeads(layer.keyHeadOf(), layer.keyHeads()),
        new AttentionShape.Mask(block.causal(), block.window(), block.attentionScale()));
  }
}
