package ai.hartonomous.model.transformer;

import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/// The intermediate values of a pass. Buffers grow to what a pass needs and are used again by the
/// next one, so views into a trace are valid until its next pass. One trace serves one pass at a
/// time.
///
/// Memory in floats for `R` rows of one layer: `R (5 D + 2 H K + 2 G K + 3 N) + B H T S`, times the
/// number of layers when kept for training.
public final class Trace {

  /// Which layers' values outlive the pass.
  public enum Keep {
    /// All of them, for {@link Transformer#backward}.
    TRAINING,
    /// None: all layers share the buffers of one.
    INFERENCE
  }

  /// Who reads the residual stream.
  public enum Readers {
    /// All parts of a layer read the same numbers, as usual.
    SHARING,
    /// Every query head reads own copies for its queries, keys and values, and the MLP one of its
    /// own, so that hooks at {@link HookPoint.Site#QUERY_INPUT}, {@link HookPoint.Site#KEY_INPUT},
    /// {@link HookPoint.Site#VALUE_INPUT} and {@link HookPoint.Site#MLP_RESIDUAL} can change what
    /// one of them reads. Only {@link Transformer#forward} knows this; weights get no gradients.
    /// Further memory in floats for `R` rows: `6 H R D` for each layer.
    SPLIT
  }

  /// Values of one layer; `[R, …]` row-major.
  static final class Layer {
    float[] residualBefore = {};
    float[] attentionStats = {};
    float[] attentionInput = {};
    float[] queryRaw = {};
    float[] queryStats = {};
    float[] query = {};
    float[] keyRaw = {};
    float[] keyStats = {};
    float[] key = {};
    float[] value = {};
    float[] pattern = {};
    float[] heads = {};
    float[] attentionOutput = {};
    float[] residualMiddle = {};
    float[] mlpStats = {};
    float[] mlpInput = {};
    float[] gate = {};
    float[] up = {};
    float[] neurons = {};
    float[] mlpOutput = {};
    float[] mlpResidual = {};
    final List<SplitInputs.Copies> copies =
        List.of(new SplitInputs.Copies(), new SplitInputs.Copies(), new SplitInputs.Copies());
  }

  private final ModelConfig config;
  private final Keep keep;
  private final Readers readers;
  private final List<Layer> layers = new ArrayList<>();
  float[] residualAfter = {};
  float[] finalInput = {};
  float[] lastRows = {};
  float[] finalStats = {};
  float[] finalNorm = {};
  float[] logits = {};
  final Gradients gradients = new Gradients();
  Batch batch = Batch.of(0);
  int[] positions = {};

  /// Running gradients of the backward pass; all layers share them.
  static final class Gradients {
    float[] residual = {};
    float[] branch = {};
    float[] attentionBranch = {};
    float[] normed = {};
    float[] neurons = {};
    float[] gate = {};
    float[] up = {};
    float[] heads = {};
    float[] pattern = {};
    float[] query = {};
    float[] key = {};
    float[] value = {};
    float[] raw = {};
    float[] splitNormed = {};
    float[] splitResidual = {};
  }

  Trace(ModelConfig config, Keep keep, Readers readers) {
    this.config = config;
    this.keep = keep;
    this.readers = readers;
    Layer shared = new Layer();
    for (int l = 0; l < config.layers().size(); l++) {
      layers.add(keep == Keep.TRAINING ? new Layer() : shared);
    }
  }

  /// {@return which layers' values outlive a pass}
  public Keep keep() {
    return keep;
  }

  boolean splits() {
    return readers == Readers.SPLIT;
  }

  Layer layer(int l) {
    return layers.get(l);
  }

  /// {@return the layer's extents as this pass computes it}
  LayerConfig layerConfig(int l) {
    LayerConfig layer = config.layers().get(l);
    return splits() ? SplitInputs.expanded(layer) : layer;
  }

  /// {@return the logits of the last pass, `[rows, outputs]`}
  ///
  /// @param rows how many rows it had
  Matrix logits(int rows) {
    return Matrix.of(logits, rows, config.extents().outputs());
  }

  /// Makes all buffers large enough for `rows` tokens.
  void reserve(int rows, boolean queryKeyNorm) {
    int d = config.width();
    for (int l = 0; l < layers.size(); l++) {
      reserve(layers.get(l), layerConfig(l), rows, queryKeyNorm);
    }
    residualAfter =
        keep == Keep.TRAINING || layers.isEmpty()
            ? grown(residualAfter, rows, d)
            : layers.getFirst().residualBefore;
  }

  private void reserve(Layer t, LayerConfig layer, int rows, boolean queryKeyNorm) {
    int d = config.width();
    int k = config.extents().headWidth();
    boolean inPlace = keep == Keep.INFERENCE;
    t.residualBefore = grown(t.residualBefore, rows, d);
    t.attentionStats = grown(t.attentionStats, rows, 2);
    t.attentionInput = grown(t.attentionInput, rows, d);
    t.query = grown(t.query, rows, layer.heads() * k);
    t.key = grown(t.key, rows, layer.keyHeads() * k);
    t.value = grown(t.value, rows, layer.keyHeads() * k);
    t.heads = grown(t.heads, rows, layer.heads() * k);
    t.attentionOutput = grown(t.attentionOutput, rows, d);
    t.residualMiddle = inPlace ? t.residualBefore : grown(t.residualMiddle, rows, d);
    t.mlpStats = grown(t.mlpStats, rows, 2);
    t.mlpInput = grown(t.mlpInput, rows, d);
    t.up = grown(t.up, rows, layer.neurons());
    t.gate = config.block().gated() ? grown(t.gate, rows, layer.neurons()) : t.gate;
    t.neurons = inPlace ? t.up : grown(t.neurons, rows, layer.neurons());
    t.mlpOutput = grown(t.mlpOutput, rows, d);
    t.mlpResidual = splits() ? grown(t.mlpResidual, rows, d) : t.mlpResidual;
    if (queryKeyNorm) {
      t.queryStats = grown(t.queryStats, rows * layer.heads(), 2);
      t.keyStats = grown(t.keyStats, rows * layer.keyHeads(), 2);
      t.queryRaw = inPlace ? t.query : grown(t.queryRaw, rows, layer.heads() * k);
      t.keyRaw = inPlace ? t.key : grown(t.keyRaw, rows, layer.keyHeads() * k);
    }
  }

  /// {@return `buffer` if it holds `rows * cols` numbers, else a new one that does}
  static float[] grown(float[] buffer, int rows, int cols) {
    int size = Math.multiplyExact(rows, cols);
    return buffer.length >= size ? buffer : new float[size];
  }
}
