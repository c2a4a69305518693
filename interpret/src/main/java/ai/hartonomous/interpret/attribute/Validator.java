package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.attribute.Validation.Changes;
import ai.hartonomous.interpret.attribute.Validation.EdgeTrial;
import ai.hartonomous.interpret.attribute.Validation.GroupTrial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Removes sources of a pruned graph and reads its targets. One ordinary pass for every
/// intervention in the real model; the frozen one runs in {@link FrozenForward}.
public final class Validator {

  /// How much is tried.
  ///
  /// @param edges edges drawn from the pruned graph
  /// @param groupSize features removed together, the most influential ones
  /// @param draws random groups of equal mass
  /// @param seed source of every draw
  public record Plan(int edges, int groupSize, int draws, long seed) {
    /// 24 edges, 10 features together, 8 draws, seed 1.
    public static final Plan DEFAULT = new Plan(24, 10, 8, 1);
  }

  private final FrozenModel frozen;
  private final PrunedGraph pruned;
  private final AttributionGraph graph;
  private final FrozenForward frozenForward;
  private final RealForward realForward;
  private final Random random;
  private final NodeValues frozenBefore;
  private final NodeValues realBefore;

  private Validator(FrozenModel frozen, PrunedGraph pruned, Plan plan) {
    this.frozen = frozen;
    this.pruned = pruned;
    this.graph = pruned.graph();
    this.frozenForward = new FrozenForward(frozen);
    this.realForward = new RealForward(frozen);
    this.random = new Random(plan.seed());
    this.frozenBefore = frozenForward.run(factors(Map.of()));
    this.realBefore = realForward.run(Map.of(), false);
  }

  /// Tries a pruned graph.
  ///
  /// @param frozen the frozen model that the graph was traced in
  /// @param pruned the graph
  /// @param plan how much is tried
  /// @return what was found
  /// @throws InterruptedException if the thread is interrupted between two trials
  public static Validation run(FrozenModel frozen, PrunedGraph pruned, Plan plan)
      throws InterruptedException {
    return new Validator(frozen, pruned, plan).run(plan);
  }

  private Validation run(Plan plan) throws InterruptedException {
    List<EdgeTrial> trials = new ArrayList<>();
    for (int[] edge : drawn(plan.edges())) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      trials.add(trial(graph.rows().get(edge[0]), edge[1]));
    }
    return new Validation(trials, group(plan));
  }

  /// Edges as pairs of row and place in the row.
  private List<int[]> drawn(int most) {
    List<int[]> all = new ArrayList<>();
    for (int r = 0; r < graph.rows().size(); r++) {
      EdgeRow row = graph.rows().get(r);
      for (int e : pruned.edges().get(r)) {
        if (RealForward.canScale(graph.nodes().get(row.sources()[e]).kind())) {
          all.add(new int[] {r, e});
        }
      }
    }
    Collections.shuffle(all, random);
    return all.subList(0, Math.min(most, all.size()));
  }

  private EdgeTrial trial(EdgeRow row, int place) {
    int source = row.sources()[place];
    int target = row.target();
    Changes changes = changes(Map.of(source, 0.0), target);
    Integer other = otherFeature(source);
    Double control = null;
    if (other != null) {
      double factor = 1 - length(source) / length(other);
      control = free(Map.of(other, factor), target);
    }
    return new EdgeTrial(id(source), id(target), row.weights()[place], changes, control);
  }

  private Changes changes(Map<Integer, Double> factors, int target) {
    NodeValues frozenAfter = frozenForward.run(factors(factors));
    NodeValues kept = realForward.run(factors, true);
    double real = realBefore.reading(graph, target);
    return new Changes(
        frozenAfter.reading(graph, target) - frozenBefore.reading(graph, target),
        kept.reading(graph, target) - real,
        free(factors, target));
  }

  private double free(Map<Integer, Double> factors, int target) {
    double before = realBefore.reading(graph, target);
    return realForward.run(factors, false).reading(graph, target) - before;
  }

  /// {@return another feature of the same layer and position, or null}
  private @Nullable Integer otherFeature(int source) {
    GraphNode node = graph.nodes().get(source);
    int[] others =
        IntStream.range(0, graph.features())
            .filter(f -> f != source && samePlace(node, graph.nodes().get(f)))
            .filter(f -> length(f) > 0)
            .toArray();
    return others.length == 0 ? null : others[random.nextInt(others.length)];
  }

  private static boolean samePlace(GraphNode a, GraphNode b) {
    boolean mlp = a.kind() != NodeKind.TOKEN && a.kind() != NodeKind.POSITION;
    return mlp && a.layer() == b.layer() && a.position() == b.position();
  }

  private @Nullable GroupTrial group(Plan plan) {
    List<Integer> features = new ArrayList<>();
    for (int f = 0; f < graph.features(); f++) {
      features.add(f);
    }
    features.sort(Comparator.comparingDouble((Integer f) -> -pruned.influence()[f]));
    List<Integer> members =
        features.subList(0, Math.min(plan.groupSize(), features.size())).stream()
            .filter(f -> pruned.nodes()[f])
            .toList();
    if (members.isEmpty()) {
      return null;
    }
    int target = graph.sources();
    Map<Integer, Double> removed = new HashMap<>();
    members.forEach(f -> removed.put(f, 0.0));
    double mass = members.stream().mapToDouble(this::length).sum();
    List<Double> controls = new ArrayList<>();
    List<Integer> rest = new ArrayList<>(features);
    rest.removeAll(members);
    for (int draw = 0; draw < plan.draws() && !rest.isEmpty(); draw++) {
      controls.add(free(ofEqualMass(rest, mass), target));
    }
    return new GroupTrial(
        members.stream().map(this::id).toList(),
        mass,
        edges(members, target),
        changes(removed, target),
        controls);
  }

  private double edges(List<Integer> members, int target) {
    double sum = 0;
    for (EdgeRow row : graph.rows()) {
      for (int e = 0; row.target() == target && e < row.sources().length; e++) {
        sum += members.contains(row.sources()[e]) ? row.weights()[e] : 0;
      }
    }
    return sum;
  }

  /// Random features, removed one after the other until they wrote as much; the last one in part.
  private Map<Integer, Double> ofEqualMass(List<Integer> features, double mass) {
    Collections.shuffle(features, random);
    Map<Integer, Double> factors = new HashMap<>();
    double left = mass;
    for (int f : features) {
      double length = length(f);
      if (length > 0) {
        factors.put(f, 1 - Math.min(1, left / length));
        left -= length;
      }
      if (left <= 0) {
        return factors;
      }
    }
    return factors;
  }

  private double length(int node) {
    double sum = 0;
    for (float part : realForward.written(graph.nodes().get(node))) {
      sum += (double) part * part;
    }
    return Math.sqrt(sum);
  }

  private double[] factors(Map<Integer, Double> changed) {
    double[] factors = new double[frozen.nodes().size()];
    Arrays.fill(factors, 1);
    changed.forEach((node, factor) -> factors[node] = factor);
    return factors;
  }

  private String id(int node) {
    return graph.nodes().get(node).id();
  }
}
