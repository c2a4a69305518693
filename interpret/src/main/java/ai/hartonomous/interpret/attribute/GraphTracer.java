package ai.hartonomous.interpret.attribute;

import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Works out the edges of an attribution graph: first into the targets of the output, then into
/// features, the most influential first, until all are visited or as many as wanted.
///
/// Memory: the frozen model; one backward walk of `rowsAtOnce` rows, `(3 D + 2 H K + 2 G K) 4`
/// bytes each; one dense row of edges for each target of that walk; and for every target visited
/// about `8 edgesPerTarget` bytes of kept edges. No matrix of all nodes by all nodes is ever made.
///
/// Source: Ameisen et al., "Circuit Tracing", 2025; the order of visits as in circuit-tracer. Edges
/// are grouped by the place where targets read, which that code does not do.
public final class GraphTracer {

  /// Hears how far the work is.
  @FunctionalInterface
  public interface Progress {
    /// Called after every group of targets.
    ///
    /// @param done targets that are done
    /// @param total targets in all
    void at(int done, int total);
  }

  private final FrozenModel frozen;
  private final NodeIndex index;
  private final List<OutputTarget> targets;
  private final TraceSettings settings;
  private final Progress progress;
  private final BackwardWalk walk;
  private final List<EdgeRow> rows = new ArrayList<>();
  private final List<GraphNode> nodes = new ArrayList<>();
  private final int wanted;
  private float[] edges = {};

  private GraphTracer(
      FrozenModel frozen, List<OutputTarget> targets, TraceSettings settings, Progress progress) {
    this.frozen = frozen;
    this.index = frozen.nodes();
    this.targets = targets;
    this.settings = settings;
    this.progress = progress;
    this.walk = new BackwardWalk(frozen);
    this.wanted = Math.min(index.features(), settings.mostFeatures());
    for (int s = 0; s < index.size(); s++) {
      nodes.add(index.node(s));
    }
    int outputs = frozen.recording().logits().length;
    int last = frozen.tokens() - 1;
    for (int k = 0; k < targets.size(); k++) {
      int unit = targets.get(k).unit();
      nodes.add(
          new GraphNode(NodeKind.LOGIT, frozen.layerCount(), last, unit < 0 ? outputs + k : unit));
    }
  }

  /// Traces the graph of one prompt.
  ///
  /// @param frozen the prompt's frozen model
  /// @param targets what is explained, at least one
  /// @param settings how much is worked out and kept
  /// @param progress hears how far the work is
  /// @return the graph
  /// @throws IllegalArgumentException if there is no target, or a token twice
  /// @throws InterruptedException if the thread is interrupted between two groups
  public static AttributionGraph trace(
      FrozenModel frozen, List<OutputTarget> targets, TraceSettings settings, Progress progress)
      throws InterruptedException {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("no target");
    }
    int[] tokens = targets.stream().mapToInt(OutputTarget::unit).filter(u -> u >= 0).toArray();
    if (IntStream.of(tokens).distinct().count() < tokens.length) {
      throw new IllegalArgumentException("a token is a target twice");
    }
    return new GraphTracer(frozen, targets, settings, progress).trace();
  }

  private AttributionGraph trace() throws InterruptedException {
    intoOutput();
    boolean[] visited = new boolean[index.features()];
    while (rows.size() - targets.size() < wanted) {
      List<Integer> round = nextRound(visited);
      for (int feature : round) {
        visited[feature] = true;
      }
      intoFeatures(round);
    }
    rows.sort(
        Comparator.comparingInt((EdgeRow row) -> -nodes.get(row.target()).layer())
            .thenComparingInt(EdgeRow::target));
    float[] values = new float[nodes.size()];
    for (int f = 0; f < index.features(); f++) {
      GraphNode node = nodes.get(f);
      values[f] = frozen.mlp(node.layer()).active().value(node.position(), node.unit());
    }
    return new AttributionGraph(nodes, index.size(), index.features(), values, targets, rows);
  }

  private void intoOutput() throws InterruptedException {
    int d = frozen.transformer().config().width();
    int most = Math.max(1, settings.rowsAtOnce() / frozen.tokens());
    for (int from = 0; from < targets.size(); from += most) {
      int count = Math.min(most, targets.size() - from);
      Matrix directions = Matrix.zeros(count, d);
      for (int t = 0; t < count; t++) {
        System.arraycopy(targets.get(from + t).direction(), 0, directions.data(), t * d, d);
      }
      Matrix out = rowsOf(count);
      walk.intoOutput(directions, out);
      for (int t = 0; t < count; t++) {
        add(index.size() + from + t, targets.get(from + t).value(), out, t);
      }
      report();
    }
  }

  /// All features that are left, if all are wanted; else the most influential ones.
  private List<Integer> nextRound(boolean[] visited) {
    List<Integer> open = new ArrayList<>();
    for (int f = 0; f < visited.length; f++) {
      if (!visited[f]) {
        open.add(f);
      }
    }
    int left = wanted - (rows.size() - targets.size());
    if (left == open.size()) {
      return open;
    }
    double[] influence = Influence.of(nodes, rows, targets, Counted.ALL);
    open.sort(Comparator.comparingDouble((Integer f) -> -influence[f]));
    List<Integer> round =
        new ArrayList<>(open.subList(0, Math.min(left, settings.featuresPerRound())));
    round.sort(Comparator.naturalOrder());
    return round;
  }

  /// Features come sorted by layer and position, so equal places stand together.
  private void intoFeatures(List<Integer> features) throws InterruptedException {
    int from = 0;
    while (from < features.size()) {
      GraphNode first = nodes.get(features.get(from));
      int most = Math.max(1, settings.rowsAtOnce() / frozen.reach(first.position()));
      int to = from + 1;
      while (to < features.size() && to - from < most && samePlace(first, features.get(to))) {
        to++;
      }
      intoPlace(first.layer(), first.position(), features.subList(from, to));
      from = to;
      report();
    }
  }

  private boolean samePlace(GraphNode first, int feature) {
    GraphNode other = nodes.get(feature);
    return other.layer() == first.layer() && other.position() == first.position();
  }

  private void intoPlace(int layer, int position, List<Integer> features) {
    int[] latents = features.stream().mapToInt(f -> nodes.get(f).unit()).toArray();
    Matrix out = rowsOf(latents.length);
    walk.intoFeatures(layer, position, latents, out);
    for (int t = 0; t < latents.length; t++) {
      int feature = features.get(t);
      add(feature, frozen.valueWithoutBias(nodes.get(feature)), out, t);
    }
  }

  private void add(int target, double value, Matrix out, int row) {
    rows.add(
        EdgeRow.of(
            target, value, out.data(), out.rowOffset(row), settings.edgesPerTarget(), index));
  }

  private Matrix rowsOf(int count) {
    int size = Math.multiplyExact(count, index.size());
    edges = edges.length >= size ? edges : Arrays.copyOf(edges, size);
    return Matrix.of(edges, count, index.size());
  }

  private void report() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    progress.at(rows.size(), wanted + targets.size());
  }
}
