package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.agent.Agents;
import ai.hartonomous.platform.analysis.FinishedAnalyses;
import ai.hartonomous.platform.analysis.FinishedAnalyses.Finished;
import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Brings what was measured into the graph. Nodes have the same ids whatever brings them, so that a
/// circuit and an agent of one model meet: `MODEL/layers.1.heads.3`, `MODEL/layers.1.mlp`,
/// `MODEL/layers.1.neurons.17`, `MODEL/input`, `MODEL/logits`, `MODEL/token.42`, `MODEL/logit.42`,
/// and for latents `CODERS/layers.1.mlp/211`, where MODEL is the id of the model and CODERS that of
/// the analysis that trained them.
@Component
class MeasuredGraphs {

  private final FinishedAnalyses analyses;
  private final Agents agents;
  private final Models models;
  private final JsonMapper json;

  MeasuredGraphs(FinishedAnalyses analyses, Agents agents, Models models, JsonMapper json) {
    this.analyses = analyses;
    this.agents = agents;
    this.models = models;
    this.json = json;
  }

  /// {@return whether the user has an analysis or agent}
  ///
  /// @param origin what it is
  /// @param id its id
  boolean has(GraphTask.Origin origin, UUID id) {
    return switch (origin) {
      case ANALYSIS -> analyses.has(id);
      case AGENT -> agents.find(id).isPresent();
    };
  }

  /// {@return what an analysis or agent brings}
  ///
  /// @param origin what it is
  /// @param id its id
  /// @throws IOException if its files cannot be read
  CircuitDraft of(GraphTask.Origin origin, UUID id) throws IOException {
    return switch (origin) {
      case ANALYSIS -> ofAnalysis(id);
      case AGENT -> ofAgent(id);
    };
  }

  /// {@return what a circuits or graphs analysis found}
  ///
  /// @param id the analysis
  /// @throws IOException if its files cannot be read
  CircuitDraft ofAnalysis(UUID id) throws IOException {
    Finished analysis = requireAnalysis(id);
    return switch (analysis.kind()) {
      case "circuits" -> ComponentCircuit.of(analysis, json);
      case "graphs" -> AttributionCircuit.of(analysis);
      default ->
          throw Problem.invalid(
              "analysisId",
              "is of %s; only circuits and graphs are graphs".formatted(analysis.kind()));
    };
  }

  private Finished requireAnalysis(UUID id) {
    try {
      return analyses.require(id);
    } catch (ProblemException _) {
      throw Problem.invalid("analysisId", "there is no such analysis");
    }
  }

  /// {@return what an agent retains}
  ///
  /// @param id the agent
  /// @throws IOException if its files cannot be read
  CircuitDraft ofAgent(UUID id) throws IOException {
    Agents.Sources sources = requireAgent(id);
    Map<String, UUID> byHash = new HashMap<>();
    for (JsonNode source : json.readTree(sources.request()).path("sourceModelIds")) {
      UUID modelId = UUID.fromString(source.asString());
      find(modelId).ifPresent(model -> byHash.put(model.contentHash(), modelId));
    }
    return RetainedCircuit.of(sources, byHash, json);
  }

  private Agents.Sources requireAgent(UUID id) {
    try {
      return agents.sources(id);
    } catch (ProblemException _) {
      throw Problem.invalid("agentId", "there is no such agent");
    }
  }

  private Optional<Models.RegisteredModel> find(UUID id) {
    try {
      return Optional.of(models.require(id));
    } catch (ProblemException _) {
      return Optional.empty(); // removed since
    }
  }
}
