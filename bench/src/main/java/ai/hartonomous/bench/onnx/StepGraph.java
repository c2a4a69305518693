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

/// A step of a Llama or a GPT-2 that reads `S` tokens of each of `B` sequences, with a cache that
/// is updated in place.
///
/// Inputs: `id` int64 `[B, S]`, `place` int64 `[1, S]` (positions; GPT-2 only), `last` int32 `[B]`
/// (position of the last token), `length` int32 `[1]` (tokens including it), and for each layer
/// `keys.l` and `values.l` float `[B, G, capacity, K]`. Outputs: `logits` `[B, 1, V]` of the last
/// tokens, and `newKeys.l`, `newValues.l` shaped like the inputs; bind them to the inputs' memory.
public final class StepGraph {

  /// Number format of the linear maps.
  public enum Format {
    /// `MatMul` of floats.
    FLOAT("fp32"),
    /// `MatMulNBits` with 8 bits, blocks of 32 and 8-bit inputs (`accuracy_level` 4).
    BYTE_BLOCKS("8bit");

    private final String label;

    Format(String label) {
      this.label = label;
    }

    /// {@return the name in tables}
    public String label() {
      return label;
    }
  }

  /// Extents of a step.
  ///
  /// @param sequences `B`
  /// @param tokens `S`; more than 1 only for the first step of a sequence
  /// @param capacity tokens in the cache
  public record Extents(int sequences, int tokens, int capacity) {}

  private static final int BLOCK = 32;

  private final OnnxGraph graph = new OnnxGraph();
  private final ModelConfig config;
  private final Weights weights;
  private final Format format;
  private final Extents extents;

  private StepGraph(Model model, Format format, Extents extents) {
    config = model.config();
    weights = model.weights();
    this.format = format;
    this.extents = extents;
  }

  /// Writes the model.
  ///
  /// @param model source of all weights; of family `llama` without biases, or `gpt2`
  /// @param format number format of the linear maps
  /// @param extents of a step
  /// @param file new file
  /// @throws IOException if it cannot be written
  public static void write(Model model, Format format, Extents extents, Path file)
      throws IOException {
    new StepGraph(model, format, extents).build().write(file);
  }

  /// The residual stream: what was normalised of it, and itself.
  private record Stream(String normal, String sum) {}

  private OnnxGraph build() {
    int b = extents.sequences();
    graph.input("id", ElementType.INT64, b, extents.tokens());
    graph.input("last", ElementType.INT32, b);
    graph.input("length", ElementType.INT32, 1);
    List<LayerWeights> layers = weights.layers();
    String first = embedding();
    Stream x = new Stream(norm(attentionNorm(0), first), first);
    for (int l = 0; l < layers.size(); l++) {
      LayerWeights layer = layers.get(l);
      String mixed = attention(l, layer.attention(), x.normal());
      Linear output = layer.attention().output();
      String read = graph.add(product("output" + l, (Matrix) output.weight(), mixed));
      Norm mlpNorm = Parts.required(layer.mlpNorm(), "norm before an MLP");
      Stream middle = addAndNorm("middle" + l, mlpNorm, x.sum(), read, output);
      Mlp mlp = Parts.required(layer.mlp(), "MLP in a layer");
      String written = mlp(l, mlp, middle.normal());
      Norm next = l + 1 < layers.size() ? attentionNorm(l + 1) : finalNorm();
      x = addAndNorm("after" + l, next, middle.sum(), written, mlp.down());
    }
    graph.addNamed(product("head", (Matrix) weights.output().weight(), last(x)).to("logits"));
    graph.output("logits", ElementType.FLOAT, b, 1, config.extents().outputs());
    return graph;
  }

  private Norm attentionNorm(int l) {
    return Parts.required(weights.layers().get(l).attentionNorm(), "norm before attention");
  }

  private Norm finalNorm() {
    return Parts.required(weights.finalNorm(), "final norm");
  }

  /// {@return the last token of each sequence, whose logits are all that is wanted}
  private String last(Stream x) {
    if (extents.tokens() == 1) {
      return x.normal();
    }
    String index = graph.constant("lastToken", new long[] {extents.tokens() - 1L});
    return graph.add(Node.of("Gather", x.normal(), index).with("axis", 1));
  }

  private String embedding() {
    String x = graph.add(Node.of("Gather", matrix("tokens", (Matrix) weights.tokens()), "id"));
    return switch (config.positions()) {
      case Positions.Rotated rotated -> {
        Rotary angles = Rotary.of(rotated.inverseFrequencies(), extents.capacity());
        graph.constant("cos", angles.cos(), extents.capacity(), angles.dims() / 2);
        graph.constant("sin", angles.sin(), extents.capacity(), angles.dims() / 2);
        yield x;
      }
      case Positions.Learned _ -> {
        Matrix table = Parts.required(weights.positions(), "learned positions");
        String place = graph.input("place", ElementType.INT64, 1, extents.tokens());
        yield graph.add(
            Node.of("Add", x, graph.add(Node.of("Gather", matrix("places", table), place))));
      }
    };
  }

  private String attention(int l, Attention attention, String x) {
    Linear[] maps = {attention.query(), attention.key(), attention.value()};
    Matrix merged = stacked(maps[0].weight(), maps[1].weight(), maps[2].weight());
    String joined = graph.add(product("query" + l, merged, x));
    if (attention.query().bias() != null) {
      joined = graph.add(Node.of("Add", joined, biases("queryBias" + l, maps)));
    }
    int groups = config.layers().get(l).keyHeads();
    int k = config.extents().headWidth();
    long[] dims = {extents.sequences(), groups, extents.capacity(), k};
    String keys = graph.input("keys." + l, ElementType.FLOAT, dims);
    String values = graph.input("values." + l, ElementType.FLOAT, dims);
    boolean rotates = config.positions() instanceof Positions.Rotated;
    String cos = rotates ? "cos" : "";
    String sin = rotates ? "sin" : "";
    String mixed = "mixed." + l;
    graph.addNamed(
        Node.contributed(
                "GroupQueryAttention", joined, "", "", keys, values, "last", "length", cos, sin)
            .with("num_heads", config.layers().get(l).heads())
            .with("kv_num_heads", groups)
            .with("do_rotary", rotates ? 1 : 0)
            .with("scale", config.block().attentionScale())
            .to(mixed, "newKeys." + l, "newValues." + l));
    graph.output("newKeys." + l, ElementType.FLOAT, dims);
    graph.output("newValues." + l, ElementType.FLOAT, dims);
    return mixed;
  }

  private String mlp(int l, Mlp mlp, String x) {
    Linear gate = mlp.gate();
    String up = graph.add(product("up" + l, (Matrix) mlp.up().weight(), x));
    String neurons;
    if (gate == null) {
      neurons = graph.add(Node.contributed("FastGelu", up, biases("upBias" + l, mlp.up())));
    } else {
      String gated = graph.add(product("gate" + l, (Matrix) gate.weight(), x));
      String active = graph.add(Node.contributed("QuickGelu", gated).with("alpha", 1f));
      neurons = graph.add(Node.of("Mul", active, up));
    }
    return graph.add(product("down" + l, (Matrix) mlp.down().weight(), neurons));
  }

  private String norm(Norm norm, String x) {
    String gain = graph.constant("norm", norm.gain(), norm.gain().length);
    float[] shift = norm.bias();
    Node node =
        shift == null
            ? Node.of("SimplifiedLayerNormalization", x, gain)
            : Node.of(
                "LayerNormalization", x, gain, graph.constant("normBias", shift, shift.length));
    return graph.add(node.with("axis", -1).with("epsilon", norm.epsilon()));
  }

  /// {@return the normalised sum and the sum of `x`, `y` and the bias of the map that wrote `y`}
  private Stream addAndNorm(String name, Norm norm, String x, String y, Linear writer) {
    String gain = graph.constant(name, norm.gain(), norm.gain().length);
    float[] shift = norm.bias();
    Node node =
        shift == null
            ? Node.contributed("SkipSimplifiedLayerNormalization", x, y, gain)
            : Node.contributed(
                "SkipLayerNormalization",
                x,
                y,
                gain,
                graph.constant(name + ".shift", shift, shift.length),
                biases(name + ".bias", writer));
    String[] names = {name + ".norm", "", "", name + ".sum"};
    graph.addNamed(node.with("epsilon", norm.epsilon()).to(names));
    return new Stream(names[0], names[3]);
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

  /// {@return the biases of maps one after the other, zeros where there is none}
  private String biases(String name, Linear... maps) {
    int size = 0;
    for (Linear map : maps) {
      size += map.weight().rows();
    }
    float[] all = new float[size];
    int at = 0;
    for (Linear map : maps) {
      float[] bias = map.bias();
      if (bias != null) {
        System.arraycopy(bias, 0, all, at, bias.length);
      }
      at += map.weight().rows();
    }
    return graph.constant(name, all, size);
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
