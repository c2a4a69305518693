package ai.hartonomous.platform.graph;

import ai.hartonomous.interpret.attribute.GraphFile;
import ai.hartonomous.interpret.attribute.GraphFile.Link;
import ai.hartonomous.interpret.attribute.GraphFile.Node;
import ai.hartonomous.interpret.attribute.GraphFileReader;
import ai.hartonomous.interpret.attribute.NodeKind;
import ai.hartonomous.platform.analysis.FinishedAnalyses.Finished;
import ai.hartonomous.platform.graph.Influence.Evidence;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The attribution graph of a graphs analysis, over all positions of its prompt: a latent is one
/// feature wherever it is active, with its largest activation; direct effects between two features
/// add up over positions.
final class AttributionCircuit {

  private static final String FILE = "graph.json";
  private static final String METHOD = "attribution_graph";

  private final Finished analysis;
  private final UUID coders;
  private final Map<String, Feature> features = new TreeMap<>();
  private final Map<String, Influence> influences = new TreeMap<>();

  private AttributionCircuit(Finished analysis) {
    this.analysis = analysis;
    this.coders = UUID.fromString(analysis.request().path("transcodersId").asString());
  }

  static CircuitDraft of(Finished analysis) throws IOException {
    var circuit = new AttributionCircuit(analysis);
    GraphFile file = GraphFileReader.read(analysis.folder().resolve(FILE));
    Map<String, String> ids = new HashMap<>();
    for (Node node : file.nodes()) {
      ids.put(node.nodeId(), circuit.add(node));
    }
    for (Link link : file.links()) {
      String source = ids.get(link.source());
      String target = ids.get(link.target());
      if (source != null && target != null) {
        circuit.add(source, target, link.weight());
      }
    }
    return circuit.draft();
  }

  private String add(Node node) {
    Feature feature = feature(node);
    features.merge(feature.id(), feature, AttributionCircuit::moreActive);
    return feature.id();
  }

  private static Feature moreActive(Feature one, Feature other) {
    Double first = one.activation();
    Double second = other.activation();
    return first != null && (second == null || first >= second) ? one : other;
  }

  private Feature feature(Node node) {
    GraphFile.Own own = node.own();
    if (own == null) {
      throw new IllegalStateException("a graph of this server without its own ids");
    }
    String[] parts = own.id().split("\\."); // kind, layer, position, unit
    NodeKind kind = kind(parts[0]);
    int layer = Integer.parseInt(parts[1]);
    Integer unit = parts.length > 3 ? Integer.valueOf(parts[3]) : null;
    UUID model = analysis.modelId();
    if (kind == NodeKind.FEATURE) {
      String coder = "layers.%d.mlp".formatted(layer);
      String name = coder + "/" + unit;
      Float activation = node.activation();
      return new Feature(
          coders + "/" + name,
          name,
          FeatureKind.FEATURE,
          activation == null ? null : activation.doubleValue(),
          null,
          null,
          new Feature.Place(model, layer, coder, unit),
          null);
    }
    String path = parts[0] + "." + (unit == null ? layer : unit);
    UUID owner = ofCoders(kind) ? coders : model;
    var place = new Feature.Place(model, unit == null ? layer : null, null, unit);
    return new Feature(
        owner + "/" + path, name(node, path), kindOf(kind), null, null, null, place, null);
  }

  private static NodeKind kind(String label) {
    return Arrays.stream(NodeKind.values())
        .filter(kind -> kind.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no kind of node " + label));
  }

  private static boolean ofCoders(NodeKind kind) {
    return switch (kind) {
      case FEATURE, ERROR, START, SKIP, DECODER_BIAS -> true;
      case TOKEN,
          POSITION,
          ATTENTION_BIAS,
          ATTENTION_NORM_BIAS,
          MLP_NORM_BIAS,
          FINAL_NORM_BIAS,
          LOGIT ->
          false;
    };
  }

  private static FeatureKind kindOf(NodeKind kind) {
    return switch (kind) {
      case FEATURE -> FeatureKind.FEATURE;
      case TOKEN, POSITION -> FeatureKind.INPUT;
      case LOGIT -> FeatureKind.OUTPUT;
      case ERROR, START, SKIP -> FeatureKind.ERROR;
      case DECODER_BIAS, ATTENTION_BIAS, ATTENTION_NORM_BIAS, MLP_NORM_BIAS, FINAL_NORM_BIAS ->
          FeatureKind.BIAS;
    };
  }

  /// Labels may hold any token's text; names hold no control characters.
  private static String name(Node node, @Nullable String path) {
    String label = node.label().replaceAll("[\\p{Cntrl}\\p{Cs}]", "\u00b7");
    return label.isEmpty() || label.length() > 255 ? String.valueOf(path) : label;
  }

  private void add(String source, String target, double weight) {
    var influence = new Influence(source, target, weight, evidence(1), null);
    influences.merge(influence.key(), influence, AttributionCircuit::sum);
  }

  private static Influence sum(Influence one, Influence other) {
    Integer positions = one.evidence().samples();
    return new Influence(
        one.sourceId(),
        one.targetId(),
        one.strength() + other.strength(),
        evidence(positions == null ? 1 : positions + 1),
        null);
  }

  private static Evidence evidence(int positions) {
    return new Evidence(null, METHOD, positions, null);
  }

  private CircuitDraft draft() {
    return new CircuitDraft(
        "analysis " + analysis.id(),
        "Direct effects between features on one prompt, summed over positions",
        new Circuit.Origin(analysis.modelId(), analysis.id(), null),
        List.copyOf(features.values()),
        List.copyOf(influences.values()));
  }
}
