package ai.hartonomous.interpret.attribute;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A graph as the JSON that Neuronpedia, circuit-tracer and Anthropic's viewer read: only what
/// pruning kept. Node ids follow circuit-tracer, with `{layer}_-1_{position}` for errors: the older
/// `0_{layer}_{position}` is also the id of a feature. Our own ids, exact sums and all settings
/// stand in objects called `hartonomous`, which those readers skip.
///
/// | JSON | here |
/// |---|---|
/// | `metadata` | {@link Header}, {@link Origin} |
/// | `qParams` | nothing pinned |
/// | `nodes[]` | {@link Node} |
/// | `links[]` | {@link Link} |
///
/// @param header what the graph is about
/// @param nodes kept nodes
/// @param links kept edges
/// @param origin how it was made and what was measured, or null in files of others
public record GraphFile(
    Header header, List<Node> nodes, List<Link> links, @Nullable Origin origin) {

  /// Copies the lists.
  public GraphFile {
    nodes = List.copyOf(nodes);
    links = List.copyOf(links);
  }

  /// What a graph is about.
  ///
  /// @param slug short name, for addresses
  /// @param scan name of the model
  /// @param prompt the prompt as text
  /// @param promptTokens text of every token
  public record Header(String slug, String scan, String prompt, List<String> promptTokens) {
    /// Copies the list.
    public Header {
      promptTokens = List.copyOf(promptTokens);
    }
  }

  /// How a graph was made.
  ///
  /// @param request all settings
  /// @param modelHash SHA-256 of the model's files
  /// @param codersHash SHA-256 of the coders' numbers
  /// @param conservation how exactly edges add up
  /// @param scores scores by name, as in {@link GraphFigures}
  /// @param validation what interventions found
  public record Origin(
      GraphRequest request,
      String modelHash,
      String codersHash,
      Conservation conservation,
      Map<String, Scores> scores,
      Validation validation) {
    /// Copies the map.
    public Origin {
      scores = Map.copyOf(scores);
    }
  }

  /// A node. Components that a file leaves out are null, or 0 and false as its readers assume.
  ///
  /// @param nodeId `node_id`, by which links name it
  /// @param feature `feature`: the Cantor pair of a feature's layer and latent; -1 for errors; the
  ///   position of a token; the id of a logit's token; null for biases
  /// @param layer `layer`: `E` for tokens, the number of layers plus 1 for logits
  /// @param position `ctx_idx`
  /// @param type `feature_type`, such as `cross layer transcoder`, also for coders of one layer
  /// @param viewerId `jsNodeId`
  /// @param label `clerp`, a name for display
  /// @param influence `influence`: cumulative share of all influence, small for important nodes
  /// @param activation `activation` of a feature
  /// @param probability `token_prob` of a logit
  /// @param target `is_target_logit`: whether it is the first target
  /// @param own our figures, or null in files of others
  public record Node(
      String nodeId,
      @Nullable Long feature,
      String layer,
      int position,
      String type,
      String viewerId,
      String label,
      @Nullable Double influence,
      @Nullable Float activation,
      double probability,
      boolean target,
      @Nullable Own own) {}

  /// Our figures of a node.
  ///
  /// @param id id as {@link GraphNode#id}
  /// @param influence influence itself
  /// @param incoming sums over all incoming edges of the whole graph, or null for leaves
  public record Own(String id, double influence, @Nullable Sums incoming) {}

  /// Sums over all edges into a node.
  ///
  /// @param value what they must add up to
  /// @param signed sum of the edges
  /// @param absolute sum of their absolute values
  public record Sums(double value, double signed, double absolute) {}

  /// An edge.
  ///
  /// @param source `node_id` of the source
  /// @param target `node_id` of the target
  /// @param weight signed weight
  public record Link(String source, String target, float weight) {}

  /// {@return the file of a pruned graph}
  ///
  /// @param figures the graph and what was measured
  /// @param header what it is about; the text of tokens is used in labels
  /// @param request all settings
  /// @param modelHash SHA-256 of the model's files
  /// @param codersHash SHA-256 of the coders' numbers
  public static GraphFile of(
      GraphFigures figures,
      Header header,
      GraphRequest request,
      String modelHash,
      String codersHash) {
    PrunedGraph pruned = figures.pruned();
    AttributionGraph graph = pruned.graph();
    Map<Integer, EdgeRow> rows = new HashMap<>();
    graph.rows().forEach(row -> rows.put(row.target(), row));
    List<Node> nodes = new ArrayList<>();
    for (int n = 0; n < pruned.nodes().length; n++) {
      if (pruned.nodes()[n]) {
        nodes.add(node(pruned, n, header, rows.get(n)));
      }
    }
    List<Link> links = new ArrayList<>();
    for (int r = 0; r < graph.rows().size(); r++) {
      EdgeRow row = graph.rows().get(r);
      String target = nodeId(graph.nodes().get(row.target()));
      for (int e : pruned.edges().get(r)) {
        String source = nodeId(graph.nodes().get(row.sources()[e]));
        links.add(new Link(source, target, row.weights()[e]));
      }
    }
    var origin =
        new Origin(
            request,
            modelHash,
            codersHash,
            figures.conservation(),
            figures.scores(),
            figures.validation());
    return new GraphFile(header, nodes, links, origin);
  }

  private static Node node(PrunedGraph pruned, int n, Header header, @Nullable EdgeRow row) {
    AttributionGraph graph = pruned.graph();
    GraphNode node = graph.nodes().get(n);
    boolean logit = node.kind() == NodeKind.LOGIT;
    int target = n - graph.sources();
    Sums sums = row == null ? null : new Sums(row.value(), row.signedSum(), row.absoluteSum());
    return new Node(
        nodeId(node),
        feature(node),
        layer(node),
        node.position(),
        type(node.kind()),
        viewerId(node),
        logit ? label(graph.targets().get(target)) : label(node, header),
        logit ? null : pruned.cumulative()[n],
        node.kind() == NodeKind.FEATURE ? graph.values()[n] : null,
        logit ? graph.targets().get(target).weight() : 0,
        target == 0,
        new Own(node.id(), pruned.influence()[n], sums));
  }

  private static String label(OutputTarget target) {
    return String.format(Locale.ROOT, "Output \"%s\" (p=%.3f)", target.label(), target.weight());
  }

  private static String label(GraphNode node, Header header) {
    return switch (node.kind()) {
      case TOKEN -> "Emb: \"" + header.promptTokens().get(node.position()) + '"';
      case FEATURE, LOGIT -> "";
      case ERROR -> "Err: mlp " + node.layer();
      default -> node.id();
    };
  }

  static String nodeId(GraphNode node) {
    int l = node.layer();
    int p = node.position();
    return switch (node.kind()) {
      case FEATURE -> "%d_%d_%d".formatted(l, node.unit(), p);
      case ERROR -> "%d_-1_%d".formatted(l, p);
      case TOKEN -> "E_%d_%d".formatted(node.unit(), p);
      case LOGIT -> "%d_%d_%d".formatted(l + 1, node.unit(), p);
      default -> node.id();
    };
  }

  private static String viewerId(GraphNode node) {
    int l = node.layer();
    int p = node.position();
    return switch (node.kind()) {
      case FEATURE -> "%d_%d-0".formatted(l, node.unit());
      case ERROR -> "%d_-1-%d".formatted(l, p);
      case TOKEN -> "E_%d-%d".formatted(node.unit(), p);
      case LOGIT -> "L_%d-%d".formatted(node.unit(), p);
      default -> node.id();
    };
  }

  private static @Nullable Long feature(GraphNode node) {
    return switch (node.kind()) {
      case FEATURE -> cantor(node.layer(), node.unit());
      case ERROR, START, SKIP -> -1L;
      case TOKEN -> (long) node.position();
      case LOGIT -> (long) node.unit();
      default -> null;
    };
  }

  private static String layer(GraphNode node) {
    return switch (node.kind()) {
      case TOKEN, POSITION -> "E";
      case LOGIT -> String.valueOf(node.layer() + 1);
      default -> String.valueOf(node.layer());
    };
  }

  private static String type(NodeKind kind) {
    return switch (kind) {
      case FEATURE -> "cross layer transcoder";
      case ERROR, START, SKIP -> "mlp reconstruction error";
      case TOKEN -> "embedding";
      case LOGIT -> "logit";
      default -> "bias";
    };
  }

  /// {@return the Cantor pair of a layer `l` and a latent `i`: `(l + i)(l + i + 1) / 2 + i`}
  static long cantor(long layer, long latent) {
    return (layer + latent) * (layer + latent + 1) / 2 + latent;
  }
}
