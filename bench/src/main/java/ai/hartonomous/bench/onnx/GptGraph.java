package ai.hartonomous.bench.onnx;

import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Attention;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import java.io.IOException;
import java.nio.file.Path;

/// A GPT-2 forward pass in operators of the ONNX standard; ONNX Runtime's optimiser fuses what it
/// recognises. Input `ids` int64 `[B T]`, output `logits` `[B T, V]`.
public final class GptGraph {

  private final OnnxGraph graph = new OnnxGraph();
  private final ModelConfig config;
  private final Weights weights;
  private final long sequences;
  private final long length;

  private GptGraph(Model model, int sequences, int length) {
    config = model.config();
    weights = model.weights();
    this.sequences = sequences;
    this.length = length;
  }

  /// Writes the model.
  ///
  /// @param model source of all weights; of family `gpt2`
  /// @param sequences `B`
  /// @param length `T`
  /// @param file new file
  /// @throws IOException if it cannot be written
  public static void write(Model model, int sequences, int length, Path file) throws IOException {
    new GptGraph(model, sequences, length).build().write(file);
  }

  private OnnxGraph build() {
    long rows = sequences * length;
    String ids = graph.input("ids", ElementType.INT64, rows);
    String table = matrix("tokens", (Matrix) weights.tokens());
    Matrix learned = Parts.required(weights.positions(), "learned positions");
    String places = graph.constant("places", places());
    String x =
        graph.add(
            Node.of(
                "Add",
                graph.add(Node.of("Gather", table, ids)),
                graph.add(Node.of("Gather", matrix("positions", learned), places))));
    constants();
    for (int l = 0; l < weights.layers().size(); l++) {
      LayerWeights layer = weights.layers().get(l);
      String name = "layers." + l + ".";
      String normal = norm(name + "norm1", Parts.required(layer.attentionNorm(), "norm"), x);
      String mixed = attention(name, layer.attention(), normal);
      String read = linear(name + "output", layer.attention().output(), mixed);
      String middle = graph.add(Node.of("Add", x, read));
      x = graph.add(Node.of("Add", middle, mlp(name, layer, middle)));
    }
    String last = norm("finalNorm", Parts.required(weights.finalNorm(), "final norm"), x);
    graph.addNamed(Node.of("Gemm", last, table).with("transB", 1).to("logits"));
    graph.output("logits", ElementType.FLOAT, rows, config.extents().outputs());
    return graph;
  }

  private long[] places() {
    long[] places = new long[(int) (sequences * length)];
    for (int i = 0; i < places.length; i++) {
      places[i] = i % length;
    }
    return places;
  }

  private void constants() {
    long heads = config.layers().getFirst().heads();
    long headWidth = config.extents().headWidth();
    graph.constant("rowsShape", new long[] {sequences * length, config.width()});
    graph.constant("headsShape", new long[] {sequences, length, heads, headWidth});
    graph.constant("scale", new float[] {config.block().attentionScale()}, 1);
    int t = (int) length;
    float[] mask = new float[t * t];
    for (int i = 0; i < t; i++) {
      for (int j = i + 1; j < t; j++) {
        mask[i * t + j] = -1e9f;
      }
    }
    graph.constant("mask", mask, 1, 1, length, length);
    graph.constant("half", new float[] {0.5f}, 1);
    graph.constant("one", new float[] {1f}, 1);
    graph.constant("three", new float[] {3f}, 1);
    graph.constant("cubic", new float[] {0.044715f}, 1);
    graph.constant("slope", new float[] {0.7978845608f}, 1);
  }

  private String mlp(String name, LayerWeights layer, String x) {
    LayerWeights.Mlp mlp = Parts.required(layer.mlp(), "MLP in a layer");
    String normal = norm(name + "norm2", Parts.required(layer.mlpNorm(), "norm"), x);
    String up = linear(name + "up", mlp.up(), normal);
    return linear(name + "down", mlp.down(), gelu(up));
  }

  private String gelu(String x) {
    String cube = graph.add(Node.of("Mul", graph.add(Node.of("Pow", x, "three")), "cubic"));
    String slope = graph.add(Node.of("Mul", graph.add(Node.of("Add", x, cube)), "slope"));
    String factor = graph.add(Node.of("Add", graph.add(Node.of("Tanh", slope)), "one"));
    return graph.add(Node.of("Mul", graph.add(Node.of("Mul", x, "half")), factor));
  }

  private String attention(String name, Attention attention, String x) {
    String q = heads(linear(name + "query", attention.query(), x), 0, 2, 1, 3);
    String k = heads(linear(name + "key", attention.key(), x), 0, 2, 3, 1);
    String v = heads(linear(name + "value", attention.value(), x), 0, 2, 1, 3);
    String scores = graph.add(Node.of("Mul", graph.add(Node.of("MatMul", q, k)), "scale"));
    String masked = graph.add(Node.of("Add", scores, "mask"));
    String pattern = graph.add(Node.of("Softmax", masked).with("axis", -1));
    String z = graph.add(Node.of("MatMul", pattern, v));
    String joined = graph.add(Node.of("Transpose", z).withAll("perm", 0, 2, 1, 3));
    return graph.add(Node.of("Reshape", joined, "rowsShape"));
  }

  private String heads(String x, long... permutation) {
    String split = graph.add(Node.of("Reshape", x, "headsShape"));
    return graph.add(Node.of("Transpose", split).withAll("perm", permutation));
  }

  private String norm(String name, Norm norm, String x) {
    String gain = graph.constant(name + ".gain", norm.gain(), norm.gain().length);
    String bias = graph.constant(name + ".bias", bias(norm), norm.gain().length);
    return graph.add(
        Node.of("LayerNormalization", x, gain, bias)
            .with("axis", -1)
            .with("epsilon", norm.epsilon()));
  }

  private String linear(String name, Linear linear, String x) {
    String weight = matrix(name, (Matrix) linear.weight());
    String bias = graph.constant(name + ".bias", bias(linear), linear.weight().rows());
    return graph.add(Node.of("Gemm", x, weight, bias).with("transB", 1));
  }

  private String matrix(String name, Matrix matrix) {
    return graph.constant(name, matrix.data(), matrix.rows(), matrix.cols());
  }

  private static float[] bias(Linear linear) {
    float[] bias = linear.bias();
    return bias == null ? new float[linear.weight().rows()] : bias;
  }

  private static float[] bias(Norm norm) {
    float[] bias = norm.bias();
    return bias == null ? new float[norm.gain().length] : bias;
  }
}
