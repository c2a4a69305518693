package ai.hartonomous.bench.onnx;

import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import ai.hartonomous.tensor.Rotary;
import ai.hartonomous.tensor.Weight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// One decoding step of a Llama with a cache that is updated in place.
///
/// Inputs: `id` int64 `[1, 1]`, `last` int32 `[1]` (position of the token), `length` int32 `[1]`
/// (tokens including it), and for each layer `keys.l` and `values.l` float `[1, G, capacity, K]`.
/// Outputs: `logits` `[1, 1, V]`, and `newKeys.l`, `newValues.l` shaped like the inputs; bind them
/// to the inputs' memory.
public final class LlamaGraph {

  /// Number format of the linear maps.
  public enum Format {
    /// `MatMul` of floats.
    FLOAT,
    /// `MatMulNBits` with 8 bits, blocks of 32 and 8-bit inputs (`accuracy_level` 4).
    BYTE_BLOCKS
  }

  private static final int BLOCK = 32;

  private final OnnxGraph graph = new OnnxGraph();
  private final ModelConfig config;
  private final Weights weights;
  private final Format format;
  private final int capacity;

  private LlamaGraph(Model model, Format format, int capacity) {
    config = model.config();
    weights = model.weights();
    this.format = format;
    this.capacity = capacity;
  }

  /// Writes the model.
  ///
  /// @param model source of all weights; of family `llama`, without biases
  /// @param format number format of the linear maps
  /// @param capacity tokens in the cache
  /// @param file new file
  /// @throws IOException if it cannot be written
  public static void write(Model model, Format format, int capacity, Path file) throws IOException {
    new LlamaGraph(model, format, capacity).build().write(file);
  }

  private OnnxGraph build() {
    String id = graph.input("id", ElementType.INT64, 1, 1);
    graph.input("last", ElementType.INT32, 1);
    graph.input("length", ElementType.INT32, 1);
    rotary();
    String x = graph.add(Node.of("Gather", matrix("tokens", (Matrix) weights.tokens()), id));
    List<LayerWeights> layers = weights.layers();
    String normal = norm(attentionNorm(0), "norm", x);
    for (int l = 0; l < layers.size(); l++) {
      LayerWeights layer = layers.get(l);
      String mixed = attention(l, layer.attention(), normal);
      String read = linear("output" + l, (Matrix) layer.attention().output().weight(), mixed);
      Norm mlpNorm = Parts.required(layer.mlpNorm(), "norm before an MLP");
      String[] middle = addAndNorm(mlpNorm, "middle" + l, x, read);
      String written = mlp(l, Parts.required(layer.mlp(), "MLP in a layer"), middle[0]);
      Norm next = l + 1 < layers.size() ? attentionNorm(l + 1) : finalNorm();
      String[] after = addAndNorm(next, "after" + l, middle[1], written);
      normal = after[0];
      x = after[1];
    }
    graph.addNamed(product("head", (Matrix) weights.output().weight(), normal).to("logits"));
    graph.output("logits", ElementType.FLOAT, 1, 1, config.extents().outputs());
    return graph;
  }

  private Norm attentionNorm(int l) {
    return Parts.required(weights.layers().get(l).attentionNorm(), "norm before attention");
  }

  private Norm finalNorm() {
    return Parts.required(weights.finalNorm(), "final norm");
  }

  private void rotary() {
    if (!(config.positions() instanceof Positions.Rotated rotated)) {
      throw new IllegalArgumentException("a Llama has rotated positions");
    }
    Rotary angles = Rotary.of(rotated.inverseFrequencies(), capacity);
    graph.constant("cos", angles.cos(), capacity, angles.dims() / 2);
    graph.constant("sin", angles.sin(), capacity, angles.dims() / 2);
  }

  private String attention(int l, Attention attention, String x) {
    Matrix merged =
        stacked(attention.query().weight(), attention.key().weight(), attention.value().weight());
    String joined = linear("query" + l, merged, x);
    int groups = config.layers().get(l).keyHeads();
    int k = config.extents().headWidth();
    String keys = graph.input("keys." + l, ElementType.FLOAT, 1, groups, capacity, k);
    String values = graph.input("values." + l, ElementType.FLOAT, 1, groups, capacity, k);
    String mixed = "mixed." + l;
    graph.addNamed(
        Node.contributed(
                "GroupQueryAttention", joined, "", "", keys, values, "last", "length", "cos", "sin")
            .with("num_heads", config.layers().get(l).heads())
            .with("kv_num_heads", groups)
            .with("do_rotary", 1)
            .with("scale", config.block().attentionScale())
            .to(mixed, "newKeys." + l, "newValues." + l));
    graph.output("newKeys." + l, ElementType.FLOAT, 1, groups, capacity, k);
    graph.output("newValues." + l, ElementType.FLOAT, 1, groups, capacity, k);
    return mixed;
  }

  private String mlp(int l, Mlp mlp, String x) {
    Linear gate = Parts.required(mlp.gate(), "gate in an MLP");
    String up = linear("up" + l, (Matrix) mlp.up().weight(), x);
    String gated = linear("gate" + l, (Matrix) gate.weight(), x);
    String active = graph.add(Node.contributed("QuickGelu", gated).with("alpha", 1f));
    String neurons = graph.add(Node.of("Mul", active, up));
    return linear("down" + l, (Matrix) mlp.down().weight(), neurons);
  }

  private String norm(Norm norm, String name, String x) {
    String gain = graph.constant(name, norm.gain(), norm.gain().length);
    return graph.add(
        Node.of("SimplifiedLayerNormalization", x, gain)
            .with("axis", -1)
            .with("epsilon", norm.epsilon()));
  }

  /// {@return names of the normalised sum and of the sum}
  private String[] addAndNorm(Norm norm, String name, String x, String y) {
    String gain = graph.constant(name, norm.gain(), norm.gain().length);
    graph.addNamed(
        Node.contributed("SkipSimplifiedLayerNormalization", x, y, gain)
            .with("epsilon", norm.epsilon())
            .to(name + ".norm", "", "", name + ".sum"));
    return new String[] {name + ".norm", name + ".sum"};
  }

  private String linear(String name, Matrix weight, String x) {
    return graph.add(product(name, weight, x));
  }

  private Node product(String name, Matrix weight, String x) {
    return switch (format) {
      case FLOAT -> {
        float[] columns = Quantised.transposed(weight);
        yield Node.of("MatMul", x, graph.constant(name, columns, weight.cols(), weight.rows()));
      }
      case BYTE_BLOCKS -> blocks(name, weight, x);
    };
  }

  private Node blocks(String name, Matrix weight, String x) {
    Quantised quantised = Quantised.blocks(weight, BLOCK);
    int perRow = weight.cols() / BLOCK;
    String values =
        graph.constant(name, ElementType.UINT8, quantised.values(), weight.rows(), perRow, BLOCK);
    String scales =
        graph.constant(name + ".scale", quantised.scales(), (long) weight.rows() * perRow);
    return Node.contributed("MatMulNBits", x, values, scales)
        .with("K", weight.cols())
        .with("N", weight.rows())
        .with("bits", 8)
        .with("block_size", BLOCK)
        .with("accuracy_level", 4);
  }

  private String matrix(String name, Matrix matrix) {
    return graph.constant(name, matrix.data(), matrix.rows(), matrix.cols());
  }

  private static Matrix stacked(Weight... parts) {
    int rows = 0;
    for (Weight part : parts) {
      rows += part.rows();
    }
    Matrix all = Matrix.zeros(rows, parts[0].cols());
    int row = 0;
    for (Weight part : parts) {
      for (int r = 0; r < part.rows(); r++) {
        part.readRow(r, all.data(), all.rowOffset(row++));
      }
    }
    return all;
  }
}
