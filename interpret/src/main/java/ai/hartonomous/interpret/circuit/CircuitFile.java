package ai.hartonomous.interpret.circuit;

import ai.hartonomous.model.transformer.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Files of scored graphs in the layout of EAP-IG (`Graph.to_json`): an object with
/// - `cfg`: `n_layers`, `n_heads`, `parallel_attn_mlp`, `d_model`;
/// - `nodes`: for each name `in_graph` and `score`, the sum over its edges;
/// - `edges`: for each `parent->child` `score` and `in_graph`.
///
/// `n_heads` is the largest number where layers differ.
public final class CircuitFile {
  private static final JsonMapper MAPPER = new JsonMapper();

  private CircuitFile() {}

  /// Writes scores and a circuit.
  ///
  /// @param file the file
  /// @param config the model
  /// @param scores one for each edge
  /// @param inside for each edge whether it is in the circuit
  /// @throws IOException if it cannot be written
  public static void write(Path file, ModelConfig config, double[] scores, boolean[] inside)
      throws IOException {
    CircuitGraph graph = CircuitGraph.of(config);
    ObjectNode root = MAPPER.createObjectNode();
    root.putObject("cfg")
        .put("n_layers", config.layers().size())
        .put("n_heads", config.layers().stream().mapToInt(l -> l.heads()).max().orElse(0))
        .put("parallel_attn_mlp", config.block().parallel())
        .put("d_model", config.width());
    ObjectNode nodes = root.putObject("nodes");
    double[] sources = EdgeScores.sums(graph, scores);
    boolean[] used = Selection.sources(graph, inside);
    for (int u = 0; u < sources.length; u++) {
      nodes
          .putObject(graph.sources().get(u).name())
          .put("in_graph", used[u])
          .put("score", sources[u]);
    }
    nodes.putObject("logits").put("in_graph", true);
    ObjectNode edges = root.putObject("edges");
    for (int e = 0; e < scores.length; e++) {
      edges.putObject(graph.edgeName(e)).put("score", scores[e]).put("in_graph", inside[e]);
    }
    Files.writeString(file, MAPPER.writeValueAsString(root));
  }

  /// {@return the scores in a file, one for each edge}
  ///
  /// @param file the file
  /// @param graph the graph of the model it was made for
  /// @throws IOException if it is damaged or of another model
  public static double[] readScores(Path file, CircuitGraph graph) throws IOException {
    JsonNode root;
    try {
      root = MAPPER.readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new IOException("%s: no JSON: %s".formatted(file, e.getOriginalMessage()));
    }
    JsonNode edges = root.path("edges");
    if (edges.size() != graph.edges()) {
      throw new IOException(
          "%s at edges: expected %d edges, found %d".formatted(file, graph.edges(), edges.size()));
    }
    double[] scores = new double[graph.edges()];
    for (Map.Entry<String, JsonNode> edge : edges.properties()) {
      OptionalInt number = graph.edgeNamed(edge.getKey());
      JsonNode score = edge.getValue().path("score");
      if (number.isEmpty() || !score.isNumber()) {
        throw new IOException(
            "%s at edges: '%s' is no scored edge of this model".formatted(file, edge.getKey()));
      }
      scores[number.getAsInt()] = score.asDouble();
    }
    return scores;
  }
}
