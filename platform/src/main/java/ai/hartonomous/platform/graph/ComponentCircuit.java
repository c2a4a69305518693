package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.analysis.FinishedAnalyses.Finished;
import ai.hartonomous.platform.graph.Influence.Evidence;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The circuit of a circuits analysis: its edges inside the circuit, with their scores. A head's
/// queries, keys and values are one node here; scores of edges that only differ in these add up.
final class ComponentCircuit {

  private static final String FILE = "circuit.json";
  private static final Pattern HEAD = Pattern.compile("a(\\d+)\\.h(\\d+)(?:<[qkv]>)?");
  private static final Pattern MLP = Pattern.compile("m(\\d+)");

  private final Finished analysis;
  private final Map<String, Feature> features = new TreeMap<>();
  private final Map<String, Influence> influences = new TreeMap<>();
  private final Evidence evidence;

  private ComponentCircuit(Finished analysis) {
    this.analysis = analysis;
    JsonNode request = analysis.request();
    this.evidence =
        new Evidence(
            null,
            request.path("method").asString(""),
            analysis.report().path("foundOn").asInt(),
            request.path("seed").asLong());
  }

  static CircuitDraft of(Finished analysis, JsonMapper json) throws IOException {
    var circuit = new ComponentCircuit(analysis);
    JsonNode file = json.readTree(Files.readString(analysis.folder().resolve(FILE)));
    for (Map.Entry<String, JsonNode> edge : file.path("edges").properties()) {
      if (edge.getValue().path("in_graph").asBoolean()) {
        circuit.add(edge.getKey(), edge.getValue().path("score").asDouble());
      }
    }
    return circuit.draft();
  }

  private void add(String edge, double score) {
    int arrow = edge.indexOf("->");
    String source = feature(edge.substring(0, arrow));
    String target = feature(edge.substring(arrow + 2));
    var influence = new Influence(source, target, score, evidence, null);
    influences.merge(
        influence.key(),
        influence,
        (one, other) ->
            new Influence(source, target, one.strength() + other.strength(), evidence, null));
  }

  /// {@return the id of the feature for a node of the file}
  private String feature(String node) {
    Matcher head = HEAD.matcher(node);
    Matcher mlp = MLP.matcher(node);
    Feature feature;
    if (head.matches()) {
      int layer = Integer.parseInt(head.group(1));
      int number = Integer.parseInt(head.group(2));
      feature = of("layers.%d.heads.%d".formatted(layer, number), FeatureKind.HEAD, layer, number);
    } else if (mlp.matches()) {
      int layer = Integer.parseInt(mlp.group(1));
      feature = of("layers.%d.mlp".formatted(layer), FeatureKind.MLP, layer, null);
    } else {
      boolean input = node.equals("input");
      feature = of(node, input ? FeatureKind.INPUT : FeatureKind.OUTPUT, null, null);
    }
    features.put(feature.id(), feature);
    return feature.id();
  }

  private Feature of(
      String path, FeatureKind kind, @Nullable Integer layer, @Nullable Integer number) {
    UUID model = analysis.modelId();
    var place = new Feature.Place(model, layer, null, number);
    return new Feature(model + "/" + path, path, kind, null, null, null, place, null);
  }

  private CircuitDraft draft() {
    List<Influence> edges = new ArrayList<>(influences.values());
    return new CircuitDraft(
        "analysis " + analysis.id(),
        "Edges between components that carry a task, %d pairs".formatted(evidence.samples()),
        new Circuit.Origin(analysis.modelId(), analysis.id(), null),
        List.copyOf(features.values()),
        edges);
  }
}
