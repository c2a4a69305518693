package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.FrozenModel.Freeze;
import ai.hartonomous.interpret.attribute.GraphTracer.Progress;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Transformer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A traced and pruned graph with every figure that is reported about it.
///
/// @param pruned the graph
/// @param conservation how exactly edges add up, in the whole graph
/// @param scores scores by name: `standard` or `all` for the nodes that share in influence, then
///   `skip_followed` or `skip_as_error`, then `whole` or `pruned`
/// @param validation what interventions found
public record GraphFigures(
    PrunedGraph pruned,
    Conservation conservation,
    Map<String, Scores> scores,
    Validation validation) {

  /// Traces, prunes, scores and tries the graph of one prompt. Where a coder has a skip path the
  /// graph is traced twice, the second time for the scores that do not credit it.
  ///
  /// @param transformer the model
  /// @param coders transcoders of its MLPs
  /// @param request what is wanted
  /// @param progress hears how far each tracing is
  /// @return the figures
  /// @throws IllegalArgumentException if coders or request do not fit the model
  /// @throws InterruptedException if the thread is interrupted
  public static GraphFigures of(
      Transformer transformer, List<SparseCoder> coders, GraphRequest request, Progress progress)
      throws InterruptedException {
    FrozenModel frozen = FrozenModel.of(transformer, coders, request.ids(), request.freeze());
    AttributionGraph graph =
        GraphTracer.trace(frozen, request.targets().of(frozen), request.trace(), progress);
    PrunedGraph pruned = PrunedGraph.of(graph, request.prune());
    Map<String, Scores> scores = new TreeMap<>();
    boolean skips = coders.stream().anyMatch(coder -> coder.weights().skip() != null);
    if (!skips) {
      addScores(scores, SkipPath.LEAF, pruned);
      addScores(scores, SkipPath.FOLLOWED, pruned);
    } else {
      SkipPath other = request.freeze().skip() == SkipPath.LEAF ? SkipPath.FOLLOWED : SkipPath.LEAF;
      FrozenModel again =
          FrozenModel.of(
              transformer, coders, request.ids(), new Freeze(request.freeze().leading(), other));
      addScores(scores, request.freeze().skip(), pruned);
      AttributionGraph second =
          GraphTracer.trace(again, request.targets().of(again), request.trace(), progress);
      addScores(scores, other, PrunedGraph.of(second, request.prune()));
    }
    Validation validation = Validator.run(frozen, pruned, request.plan());
    return new GraphFigures(pruned, Conservation.of(graph), scores, validation);
  }

  private static void addScores(Map<String, Scores> scores, SkipPath skip, PrunedGraph pruned) {
    String path = skip == SkipPath.FOLLOWED ? "skip_followed" : "skip_as_error";
    for (Counted counted : Counted.values()) {
      String name = (counted == Counted.ALL ? "all." : "standard.") + path;
      scores.put(name + ".whole", Scores.of(pruned.graph(), counted));
      scores.put(name + ".pruned", pruned.scores(counted));
    }
  }
}
