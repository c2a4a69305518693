package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.GraphFile.Header;
import ai.hartonomous.interpret.attribute.GraphFile.Link;
import ai.hartonomous.interpret.attribute.GraphFile.Node;
import ai.hartonomous.interpret.attribute.GraphFile.Origin;
import ai.hartonomous.interpret.attribute.GraphFile.Own;
import ai.hartonomous.interpret.attribute.GraphFile.Sums;
import ai.hartonomous.interpret.attribute.TargetChoice.Likeliest;
import ai.hartonomous.interpret.attribute.Validation.Changes;
import ai.hartonomous.interpret.attribute.Validation.EdgeTrial;
import ai.hartonomous.interpret.attribute.Validation.GroupTrial;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes graph files, a node or link to a line.
public final class GraphFileWriter {
  static final int FORMAT = 1;
  private static final JsonMapper JSON = new JsonMapper();

  private GraphFileWriter() {}

  /// Writes a graph.
  ///
  /// @param graph the graph
  /// @param file where to; overwritten
  /// @throws IOException if it cannot be written
  public static void write(GraphFile graph, Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("{\"metadata\":");
      out.write(JSON.writeValueAsString(metadata(graph)));
      out.write(",\n\"qParams\":");
      out.write(JSON.writeValueAsString(view()));
      out.write(",\n\"nodes\":[");
      String comma = "\n";
      for (Node node : graph.nodes()) {
        out.write(comma + JSON.writeValueAsString(node(node)));
        comma = ",\n";
      }
      out.write("\n],\n\"links\":[");
      comma = "\n";
      for (Link link : graph.links()) {
        ObjectNode json = JSON.createObjectNode();
        json.put("source", link.source());
        json.put("target", link.target());
        json.put("weight", link.weight());
        out.write(comma + JSON.writeValueAsString(json));
        comma = ",\n";
      }
      out.write("\n]}\n");
    }
  }

  private static ObjectNode metadata(GraphFile graph) {
    Header header = graph.header();
    ObjectNode json = JSON.createObjectNode();
    json.put("slug", header.slug());
    json.put("scan", header.scan());
    json.putArray("transcoder_list");
    ArrayNode tokens = json.putArray("prompt_tokens");
    header.promptTokens().forEach(tokens::add);
    json.put("prompt", header.prompt());
    json.put("schema_version", 1);
    Origin origin = graph.origin();
    if (origin == null) {
      return json;
    }
    GraphRequest request = origin.request();
    json.put("node_threshold", request.prune().nodeThreshold());
    json.putObject("info").putObject("generator").put("name", "hartonomous");
    ObjectNode generation = json.putObject("generation_settings");
    if (request.targets() instanceof Likeliest(double probability, int most)) {
      generation.put("max_n_logits", most);
      generation.put("desired_logit_prob", probability);
    }
    generation.put("batch_size", request.trace().rowsAtOnce());
    generation.put("max_feature_nodes", request.trace().mostFeatures());
    ObjectNode pruning = json.putObject("pruning_settings");
    pruning.put("node_threshold", request.prune().nodeThreshold());
    pruning.put("edge_threshold", request.prune().edgeThreshold());
    origin(json.putObject("hartonomous"), origin);
    return json;
  }

  private static void origin(ObjectNode json, Origin origin) {
    json.put("format", FORMAT);
    json.put("model_sha256", origin.modelHash());
    json.put("coders_sha256", origin.codersHash());
    request(json.putObject("request"), origin.request());
    Conservation conservation = origin.conservation();
    ObjectNode sums = json.putObject("conservation");
    sums.put("nodes", conservation.nodes());
    sums.put("worst", conservation.worst());
    sums.put("worst_of_absolute", conservation.worstOfAbsolute());
    sums.put("strictly_within", conservation.strictlyWithin());
    sums.put("bias_share", conservation.biasShare());
    ObjectNode scores = json.putObject("scores");
    new TreeMap<>(origin.scores())
        .forEach(
            (name, score) -> {
              ObjectNode entry = scores.putObject(name);
              entry.put("replacement", score.replacement());
              entry.put("completeness", score.completeness());
            });
    validation(json.putObject("validation"), origin.validation());
  }

  private static void request(ObjectNode json, GraphRequest request) {
    ArrayNode ids = json.putArray("ids");
    for (int id : request.ids()) {
      ids.add(id);
    }
    json.put("leading", request.freeze().leading());
    json.put("skip", name(request.freeze().skip()));
    targets(json.putObject("targets"), request.targets());
    json.put("most_features", request.trace().mostFeatures());
    json.put("edges_per_target", request.trace().edgesPerTarget());
    json.put("features_per_round", request.trace().featuresPerRound());
    json.put("rows_at_once", request.trace().rowsAtOnce());
    json.put("node_threshold", request.prune().nodeThreshold());
    json.put("edge_threshold", request.prune().edgeThreshold());
    json.put("counted", name(request.prune().counted()));
    json.put("trial_edges", request.plan().edges());
    json.put("trial_group", request.plan().groupSize());
    json.put("trial_draws", request.plan().draws());
    json.put("trial_seed", request.plan().seed());
  }

  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static void targets(ObjectNode json, TargetChoice targets) {
    switch (targets) {
      case Likeliest(double probability, int most) -> {
        json.put("probability", probability);
        json.put("most", most);
      }
      case TargetChoice.Tokens(var ids) -> {
        ArrayNode list = json.putArray("tokens");
        ids.forEach(list::add);
      }
      case TargetChoice.Difference(int plus, int minus) -> {
        json.put("plus", plus);
        json.put("minus", minus);
      }
      case TargetChoice.Direction(String label, float[] vector, double weight) -> {
        json.put("label", label);
        json.put("weight", weight);
        ArrayNode list = json.putArray("direction");
        for (float part : vector) {
          list.add(part);
        }
      }
    }
  }

  private static void validation(ObjectNode json, Validation validation) {
    ArrayNode trials = json.putArray("edges");
    for (EdgeTrial trial : validation.trials()) {
      ObjectNode entry = trials.addObject();
      entry.put("source", trial.source());
      entry.put("target", trial.target());
      entry.put("edge", trial.edge());
      changes(entry, trial.changes());
      entry.put("control", trial.control());
    }
    GroupTrial group = validation.group();
    if (group != null) {
      ObjectNode entry = json.putObject("group");
      ArrayNode members = entry.putArray("members");
      group.members().forEach(members::add);
      entry.put("mass", group.mass());
      entry.put("edge", group.edges());
      changes(entry, group.changes());
      ArrayNode controls = entry.putArray("controls");
      group.controls().forEach(controls::add);
    }
  }

  private static void changes(ObjectNode json, Changes changes) {
    json.put("frozen", changes.frozen());
    json.put("attention_frozen", changes.attentionFrozen());
    json.put("free", changes.free());
  }

  private static ObjectNode view() {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("pinnedIds");
    json.putArray("supernodes");
    json.put("linkType", "both");
    json.put("clickedId", "");
    json.put("sg_pos", "");
    return json;
  }

  private static ObjectNode node(Node node) {
    ObjectNode json = JSON.createObjectNode();
    json.put("node_id", node.nodeId());
    json.put("feature", node.feature());
    json.put("layer", node.layer());
    json.put("ctx_idx", node.position());
    json.put("feature_type", node.type());
    json.put("token_prob", node.probability());
    json.put("is_target_logit", node.target());
    json.put("run_idx", 0);
    json.put("reverse_ctx_idx", 0);
    json.put("jsNodeId", node.viewerId());
    json.put("clerp", node.label());
    json.put("influence", node.influence());
    json.put("activation", node.activation());
    Own own = node.own();
    if (own != null) {
      ObjectNode figures = json.putObject("hartonomous");
      figures.put("id", own.id());
      figures.put("influence", own.influence());
      Sums sums = own.incoming();
      if (sums != null) {
        figures.put("value", sums.value());
        figures.put("signed_sum", sums.signed());
        figures.put("absolute_sum", sums.absolute());
      }
    }
    return json;
  }
}
