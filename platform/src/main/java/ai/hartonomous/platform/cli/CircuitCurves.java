package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.circuit.CircuitRuns;
import ai.hartonomous.interpret.circuit.ContrastItem;
import ai.hartonomous.interpret.circuit.EdgeScorer;
import ai.hartonomous.interpret.circuit.Faithfulness;
import ai.hartonomous.interpret.circuit.Faithfulness.Measured;
import ai.hartonomous.interpret.circuit.Progress;
import ai.hartonomous.interpret.circuit.Resampling;
import ai.hartonomous.interpret.circuit.Resampling.Interval;
import ai.hartonomous.interpret.circuit.Selection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Faithfulness of the circuits that scores choose, and that chance chooses.
///
/// @param runs runs the model
/// @param items held-out items
/// @param way how edges are taken
/// @param seed decides draws and random scores
record CircuitCurves(CircuitRuns runs, List<ContrastItem> items, Selection.Way way, long seed) {
  private static final int DRAWS = 1000;
  private static final double FAITHFUL = 0.9;

  void add(ObjectNode figures, double[] scores, int randomSeeds, ProgressLine<String> line)
      throws IOException, InterruptedException {
    int edges = runs.graph().edges();
    Measured signed = measure(scores, Selection.Order.SIGNED, "signed", line);
    Measured absolute = measure(scores, Selection.Order.ABSOLUTE, "absolute", line);
    List<Faithfulness> random = new ArrayList<>();
    for (int s = 1; s <= randomSeeds; s++) {
      double[] chance = EdgeScorer.random(runs.graph(), seed + s).mean();
      String name = "random %d of %d".formatted(s, randomSeeds);
      random.add(faithfulness(measure(chance, Selection.Order.SIGNED, name, line)));
    }
    figures.put("edges", edges);
    curve(figures.putArray("signed"), faithfulness(signed));
    curve(figures.putArray("absolute"), faithfulness(absolute));
    randomCurve(figures.putArray("random"), random);
    resampled(
        figures, "range", chosen -> mean(signed.whole(), chosen) - mean(signed.none(), chosen));
    resampled(figures, "cpr", chosen -> signed.over(chosen, edges).cpr());
    resampled(figures, "cmd", chosen -> absolute.over(chosen, edges).cmd());
    figures.put("random_seeds", randomSeeds);
    CircuitSummary.interval(figures, "random_cpr", spread(random, true));
    CircuitSummary.interval(figures, "random_cmd", spread(random, false));
    reach(figures, "signed_reaches_0.9_at", faithfulness(signed));
    reach(figures, "absolute_reaches_0.9_at", faithfulness(absolute));
  }

  private void resampled(ObjectNode figures, String name, ToDoubleFunction<int[]> figure) {
    CircuitSummary.interval(figures, name, Resampling.bootstrap(items.size(), DRAWS, seed, figure));
  }

  private static double mean(double[] values, int[] chosen) {
    return Arrays.stream(chosen).mapToDouble(i -> values[i]).sum() / chosen.length;
  }

  private Measured measure(
      double[] scores, Selection.Order order, String name, ProgressLine<String> line)
      throws InterruptedException {
    Progress progress =
        (done, all) -> line.show("%s circuits, %d of %d".formatted(name, done, all));
    return Faithfulness.measure(runs, items, scores, new Selection(order, way), progress);
  }

  private Faithfulness faithfulness(Measured measured) throws IOException {
    try {
      return measured.over(runs.graph().edges());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage());
    }
  }

  private static void curve(ArrayNode list, Faithfulness curve) {
    for (Faithfulness.Point point : curve.points()) {
      list.addObject()
          .put("share", point.share())
          .put("taken", point.taken())
          .put("edges", point.edges())
          .put("f", point.f());
    }
  }

  private static void randomCurve(ArrayNode list, List<Faithfulness> random) {
    for (int k = 0; k < Faithfulness.SHARES.size(); k++) {
      int at = k;
      double[] values = random.stream().mapToDouble(r -> r.points().get(at).f()).toArray();
      ObjectNode point = list.addObject().put("share", Faithfulness.SHARES.get(k));
      CircuitSummary.interval(point, "f", Resampling.spread(values));
    }
  }

  private static Interval spread(List<Faithfulness> random, boolean cpr) {
    return Resampling.spread(random.stream().mapToDouble(r -> cpr ? r.cpr() : r.cmd()).toArray());
  }

  private static void reach(ObjectNode figures, String name, Faithfulness curve) {
    curve
        .firstToReach(FAITHFUL)
        .ifPresentOrElse(point -> figures.put(name, point.share()), () -> figures.putNull(name));
  }
}
