package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.model.checkpoint.CheckpointException;
import ai.hartonomous.platform.agent.Agents;
import ai.hartonomous.platform.inference.Features;
import ai.hartonomous.platform.inference.TranscoderShelf;
import ai.hartonomous.platform.store.Folders;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Features of the transcoders that were trained for the models of the user's agents. For steering
/// only the one row of a file of coders is read.
@Component
class FeatureDirections implements Features {

  private static final Logger LOG = LoggerFactory.getLogger(FeatureDirections.class);

  private final AnalysisRows rows;
  private final Folders folders;
  private final Agents agents;
  private final TranscoderShelf shelf;
  private final JsonMapper json;

  FeatureDirections(
      AnalysisRows rows, Folders folders, Agents agents, TranscoderShelf shelf, JsonMapper json) {
    this.rows = rows;
    this.folders = folders;
    this.agents = agents;
    this.shelf = shelf;
    this.json = json;
  }

  @Override
  public float[] direction(UUID agent, Feature feature) throws IOException {
    return read(require(agent, feature.transcoders()).folder(), feature);
  }

  @Override
  public Transcoders transcoders(UUID agent, UUID id) {
    return require(agent, id);
  }

  private Transcoders require(UUID agent, UUID id) {
    AnalysisRow row =
        rows.findById(id)
            .filter(it -> it.kind == AnalysisKind.TRANSCODERS)
            .orElseThrow(() -> Problem.notFound("transcoders", id));
    requireOnlySource(agent, row.modelId, id);
    return new Transcoders(id, folders.of(id).toAbsolutePath());
  }

  @EventListener
  void changed(AnalysisChanged event) {
    shelf.forget(event.analysisId());
  }

  private void requireOnlySource(UUID agent, UUID model, UUID transcoders) {
    if (agents.find(agent).isEmpty()) {
      throw Problem.unprocessable(
          "not-possible", "Only agents of one's own are steered and explained by features.");
    }
    JsonNode sources = json.readTree(agents.sources(agent).request()).path("sourceModelIds");
    List<String> ids = sources.valueStream().map(JsonNode::asString).toList();
    if (!ids.equals(List.of(model.toString()))) {
      throw Problem.unprocessable(
          "not-possible",
          "The transcoders %s are of a model that is not the only source of the agent."
              .formatted(transcoders));
    }
  }

  private static float[] read(Path folder, Feature feature) throws IOException {
    try {
      return Coders.decoderRow(folder, feature.layer(), feature.index())
          .orElseThrow(
              () ->
                  Problem.unprocessable(
                      "not-possible",
                      "The transcoders %s have no layers.%d.features.%d."
                          .formatted(feature.transcoders(), feature.layer(), feature.index())));
    } catch (CheckpointException e) {
      LOG.error("transcoders {} are damaged", feature.transcoders(), e);
      throw Problem.unprocessable(
          "model-format", "The transcoders %s are damaged.".formatted(feature.transcoders()));
    }
  }
}
