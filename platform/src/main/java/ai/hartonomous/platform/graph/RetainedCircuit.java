package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.agent.Agents;
import ai.hartonomous.platform.agent.Agents.ReadyAgent;
import ai.hartonomous.platform.graph.Influence.Evidence;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The components that an agent retains, as its manifests name them, each with an edge to what the
/// agent was asked to keep: as strong as the component was important for it.
final class RetainedCircuit {

  private static final String MANIFEST = "manifest.json";
  private static final String EXPERTS = "experts";
  private static final Pattern COMPONENT =
      Pattern.compile("layers\\.(\\d{1,5})\\.(heads|neurons)\\.(\\d{1,8})");

  private final Map<String, UUID> models;
  private final JsonMapper json;
  private final Feature aim;
  private final List<Feature> features = new ArrayList<>();
  private final List<Influence> influences = new ArrayList<>();

  private RetainedCircuit(ReadyAgent agent, Map<String, UUID> models, JsonMapper json) {
    this.models = models;
    this.json = json;
    this.aim =
        new Feature(
            "agent/" + agent.id(),
            agent.name(),
            FeatureKind.OUTPUT,
            null,
            null,
            "What the agent was asked to keep",
            Feature.Place.UNKNOWN,
            null);
    features.add(aim);
  }

  /// {@return what an agent retains}
  ///
  /// @param sources the agent
  /// @param models its source models by the hash of their content
  /// @param json reads manifests
  /// @throws IOException if a manifest cannot be read
  static CircuitDraft of(Agents.Sources sources, Map<String, UUID> models, JsonMapper json)
      throws IOException {
    ReadyAgent agent = sources.agent();
    var circuit = new RetainedCircuit(agent, models, json);
    Path experts = agent.folder().resolve(EXPERTS);
    if (Files.isDirectory(experts)) {
      List<Path> folders;
      try (Stream<Path> all = Files.list(experts)) {
        folders = all.sorted().toList();
      }
      for (Path folder : folders) {
        circuit.add(folder);
      }
    } else {
      circuit.add(agent.folder());
    }
    return new CircuitDraft(
        "agent " + agent.id(),
        "Components that the agent %s retains".formatted(agent.name()),
        new Circuit.Origin(
            models.size() == 1 ? models.values().iterator().next() : null, null, agent.id()),
        circuit.features,
        circuit.influences);
  }

  private void add(Path folder) throws IOException {
    JsonNode manifest = json.readTree(Files.readString(folder.resolve(MANIFEST)));
    String hash = manifest.at("/sources/0/content_sha256").asString("");
    UUID model = models.get(hash);
    if (model == null) {
      throw Problem.unprocessable(
          "source-model", "The source model of the agent is not registered any more.");
    }
    var evidence =
        new Evidence(
            null,
            manifest.at("/importance/method").asString(""),
            manifest.at("/importance/items").asInt(),
            manifest.at("/recipe/seed").asLong());
    for (JsonNode kept : manifest.at("/components/kept")) {
      Feature feature = component(model, kept.path("path").asString(""));
      features.add(feature);
      double importance = kept.path("importance").asDouble();
      influences.add(new Influence(feature.id(), aim.id(), importance, evidence, null));
    }
  }

  private static Feature component(UUID model, String path) {
    Matcher matcher = COMPONENT.matcher(path);
    if (!matcher.matches()) {
      throw new IllegalStateException("no component " + path);
    }
    var place =
        new Feature.Place(
            model, Integer.valueOf(matcher.group(1)), null, Integer.valueOf(matcher.group(3)));
    FeatureKind kind = matcher.group(2).equals("heads") ? FeatureKind.HEAD : FeatureKind.NEURON;
    return new Feature(model + "/" + path, path, kind, null, null, null, place, null);
  }
}
