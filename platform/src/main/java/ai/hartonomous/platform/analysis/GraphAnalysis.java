package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.attribute.CoderHash;
import ai.hartonomous.interpret.attribute.Conservation;
import ai.hartonomous.interpret.attribute.Counted;
import ai.hartonomous.interpret.attribute.FrozenModel;
import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.interpret.attribute.GraphFigures;
import ai.hartonomous.interpret.attribute.GraphFile;
import ai.hartonomous.interpret.attribute.GraphFileWriter;
import ai.hartonomous.interpret.attribute.GraphRequest;
import ai.hartonomous.interpret.attribute.PruneSettings;
import ai.hartonomous.interpret.attribute.Scores;
import ai.hartonomous.interpret.attribute.TargetChoice;
import ai.hartonomous.interpret.attribute.TraceSettings;
import ai.hartonomous.interpret.attribute.Validation;
import ai.hartonomous.interpret.attribute.Validator;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Traces the attribution graph of a prompt; the graph is the file `graph.json`.
@Component
class GraphAnalysis implements Analysis<GraphAsk> {

  private static final String FILE = "graph.json";

  /// Longest prompt. Time grows with its square, and so may the number of edges.
  private static final int MOST_TOKENS = 1024;

  private final StoredCoders coders;

  GraphAnalysis(StoredCoders coders) {
    this.coders = coders;
  }

  /// What was found.
  ///
  /// @param activeFeatures features that are active anywhere in the prompt
  /// @param visitedFeatures features with incoming edges
  /// @param keptNodes nodes left after pruning
  /// @param keptEdges edges left after pruning
  /// @param conservation how exactly edges add up
  /// @param scores scores by name: which nodes share in influence, whether skip paths are followed,
  ///   whole or pruned
  /// @param interventions what became of edges in the running model
  record Report(
      int activeFeatures,
      int visitedFeatures,
      int keptNodes,
      int keptEdges,
      Conservation conservation,
      Map<String, Scores> scores,
      Interventions interventions) {}

  /// Edges tried by intervention.
  ///
  /// @param edges edges tried
  /// @param worstFrozen largest relative gap between an edge and its effect in the frozen model
  /// @param correlation of edges with their effect in the free model, or null
  /// @param meanFreeChange mean size of the effect in the free model, or null
  /// @param meanControlChange the same for random sources of equal mass, or null
  record Interventions(
      int edges,
      double worstFrozen,
      @Nullable Double correlation,
      @Nullable Double meanFreeChange,
      @Nullable Double meanControlChange) {

    static Interventions of(Validation validation) {
      return new Interventions(
          validation.trials().size(),
          validation.worstFrozen(),
          known(validation.correlation(Validation.Changes::free)),
          known(validation.meanFree()),
          known(validation.meanControl()));
    }

    private static @Nullable Double known(double value) {
      return Double.isNaN(value) ? null : value;
    }
  }

  @Override
  public AnalysisKind kind() {
    return AnalysisKind.GRAPHS;
  }

  @Override
  public Class<GraphAsk> request() {
    return GraphAsk.class;
  }

  @Override
  public void check(UUID modelId, GraphAsk request) {
    coders.require(modelId, request.transcodersId());
  }

  @Override
  public Report run(Task task, GraphAsk ask) throws IOException, InterruptedException {
    List<SparseCoder> chosen = Coders.read(coders.require(task.model().id(), ask.transcodersId()));
    try (Kernels kernels = Kernels.of(task.threads())) {
      LoadedModel model = LoadedModel.of(task.model(), kernels);
      GraphRequest request = request(ask, ids(ask, model), model.transformer().config());
      FrozenModel.misfit(model.transformer().config(), chosen)
          .ifPresent(
              reason -> {
                throw Problem.unprocessable("transcodersId", reason);
              });
      GraphFigures figures =
          GraphFigures.of(
              model.transformer(),
              chosen,
              request,
              (done, total) ->
                  task.job()
                      .progress(
                          "tracing",
                          (double) done / total,
                          "%d of %d targets".formatted(done, total)));
      List<String> tokens =
          Arrays.stream(request.ids()).mapToObj(model.tokenizer()::token).toList();
      String name = task.model().name();
      var header = new GraphFile.Header(name, name, ask.prompt(), tokens);
      GraphFileWriter.write(
          GraphFile.of(figures, header, request, model.hash(), CoderHash.of(chosen)),
          task.folder().resolve(FILE));
      return report(figures);
    }
  }

  private static int[] ids(GraphAsk ask, LoadedModel model) {
    int[] ids = model.tokenizer().encodePrompt(ask.prompt());
    int most = Math.min(MOST_TOKENS, model.transformer().config().extents().positions());
    if (ids.length > most) {
      throw Problem.unprocessable(
          "prompt",
          "The prompt has %d tokens, at most %d can be traced.".formatted(ids.length, most));
    }
    return ids;
  }

  private static GraphRequest request(GraphAsk ask, int[] ids, ModelConfig config) {
    List<Integer> targets = ask.targetIds();
    if (targets != null && targets.stream().anyMatch(id -> id >= config.extents().outputs())) {
      throw Problem.unprocessable(
          "targetIds", "The model predicts %d tokens.".formatted(config.extents().outputs()));
    }
    Validator.Plan plan = Validator.Plan.DEFAULT;
    return new GraphRequest(
        ids,
        Freeze.DEFAULT,
        targets == null ? TargetChoice.Likeliest.DEFAULT : new TargetChoice.Tokens(targets),
        TraceSettings.DEFAULT
            .withMostFeatures(Objects.requireNonNull(ask.maxFeatures()))
            .withEdgesPerTarget(Objects.requireNonNull(ask.edgesPerNode())),
        new PruneSettings(
            Objects.requireNonNull(ask.nodeThreshold()),
            Objects.requireNonNull(ask.edgeThreshold()),
            Counted.ALL),
        new Validator.Plan(
            Objects.requireNonNull(ask.trials()),
            plan.groupSize(),
            plan.draws(),
            Objects.requireNonNull(ask.seed())));
  }

  private static Report report(GraphFigures figures) {
    int nodes = 0;
    for (boolean kept : figures.pruned().nodes()) {
      nodes += kept ? 1 : 0;
    }
    return new Report(
        figures.pruned().graph().features(),
        figures.pruned().graph().visitedFeatures(),
        nodes,
        figures.pruned().edges().stream().mapToInt(row -> row.length).sum(),
        figures.conservation(),
        figures.scores(),
        Interventions.of(figures.validation()));
  }
}
