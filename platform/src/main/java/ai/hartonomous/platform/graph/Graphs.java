package ai.hartonomous.platform.graph;

import ai.hartonomous.platform.graph.GraphStore.Ends;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/// The graph of the user: what is stored, and what is asked of it.
@Service
public class Graphs {

  /// Most edges from a feature that a walk may follow, or of a path.
  public static final int MOST_DEPTH = 6;

  /// Most features in one answer.
  public static final int MOST_NEIGHBOURS = 1_000;

  /// Most paths in one answer.
  public static final int MOST_PATHS = 50;

  private static final int MOST_EDGES_BETWEEN = 100_000;
  private static final int MOST_FEATURES = 100_000;
  private static final int MOST_INFLUENCES = 500_000;

  private final GraphStore store;
  private final MeasuredGraphs measured;

  Graphs(GraphStore store, MeasuredGraphs measured) {
    this.store = store;
    this.measured = measured;
  }

  /// Stores a circuit.
  ///
  /// @param request what to store
  /// @return the circuit as it now is
  /// @throws IOException if files of an analysis or agent cannot be read
  /// @throws ai.hartonomous.platform.web.ProblemException if the request names what is not there
  public Circuit save(CircuitRequest request) throws IOException {
    CircuitDraft draft = draft(request);
    Set<String> borrowed = draft.borrowed();
    if (!borrowed.isEmpty()) {
      Set<String> missing = new HashSet<>(borrowed);
      store
          .features(Scope.of(Tenant.current()), borrowed)
          .forEach(feature -> missing.remove(feature.id()));
      refuseMissing(draft.influences(), missing);
    }
    return store.save(Tenant.current(), draft);
  }

  /// Brings the circuits that were made from an analysis or agent in line with it: they are stored
  /// where it is there, and removed where it is not.
  ///
  /// @param origin what it is
  /// @param id its id
  /// @throws IOException if its files cannot be read
  /// @throws ai.hartonomous.platform.web.ProblemException if it cannot be put into the graph
  void follow(GraphTask.Origin origin, UUID id) throws IOException {
    if (measured.has(origin, id)) {
      store.save(Tenant.current(), measured.of(origin, id));
    }
    if (!measured.has(origin, id)) { // it may have been removed meanwhile
      for (UUID circuit : store.circuitsFrom(Tenant.current(), id)) {
        store.delete(Tenant.current(), circuit);
      }
    }
  }

  private CircuitDraft draft(CircuitRequest request) throws IOException {
    boolean listed = request.features() != null || request.relationships() != null;
    UUID analysisId = request.analysisId();
    UUID agentId = request.agentId();
    if ((listed ? 1 : 0) + (analysisId == null ? 0 : 1) + (agentId == null ? 0 : 1) > 1) {
      throw Problem.invalid("features", "cannot come together with analysisId or agentId");
    }
    if (analysisId != null) {
      return request.named(measured.ofAnalysis(analysisId));
    }
    if (agentId != null) {
      return request.named(measured.ofAgent(agentId));
    }
    return request.draft();
  }

  private static void refuseMissing(List<Influence> influences, Set<String> missing) {
    for (int i = 0; i < influences.size(); i++) {
      if (missing.contains(influences.get(i).sourceId())) {
        throw Problem.invalid(
            "relationships[%d].sourceId".formatted(i), "there is no such feature");
      }
      if (missing.contains(influences.get(i).targetId())) {
        throw Problem.invalid(
            "relationships[%d].targetId".formatted(i), "there is no such feature");
      }
    }
  }

  /// {@return a circuit}
  ///
  /// @param id its id
  /// @throws ai.hartonomous.platform.web.ProblemException if the user has no such circuit
  public Circuit circuit(UUID id) {
    return store.circuit(Tenant.current(), id).orElseThrow(() -> Problem.notFound("circuit", id));
  }

  Page<Circuit> circuits(@Nullable String cursor, int limit) {
    List<Circuit> found =
        store.circuits(Tenant.current(), Page.idAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, circuit -> circuit, Circuit::id);
  }

  void delete(UUID id) {
    if (!store.delete(Tenant.current(), id)) {
      throw Problem.notFound("circuit", id);
    }
  }

  /// {@return what lies around a feature}
  ///
  /// @param circuitId the circuit to stay in, or null for the user's whole graph
  /// @param walk from where, and how far
  /// @throws ai.hartonomous.platform.web.ProblemException if circuit or feature are not there, or
  ///   too much would have to be read
  public Neighbourhood neighbourhood(@Nullable UUID circuitId, Walk walk) {
    check("depth", walk.depth(), 0, MOST_DEPTH);
    check("limit", walk.most(), 1, MOST_NEIGHBOURS);
    checkStrength(walk.minStrength());
    Neighbourhood found = bounded(() -> store.neighbourhood(scope(circuitId), walk));
    if (found.features().isEmpty()) {
      requireFeatures(scope(circuitId), walk.featureId(), walk.featureId());
    }
    return found;
  }

  /// The strongest paths between two features.
  ///
  /// @param paths strongest first
  /// @param features all features on them, by id
  /// @param complete whether these are the strongest; if not, the search was ended early
  public record Paths(List<StrongPath> paths, List<Feature> features, boolean complete) {}

  /// {@return the strongest paths between two features; none where there is no way}
  ///
  /// @param circuitId the circuit to stay in, or null for the user's whole graph
  /// @param fromId where they begin
  /// @param toId where they end
  /// @param asked which ones
  /// @throws ai.hartonomous.platform.web.ProblemException if circuit or features are not there, or
  ///   too much would have to be read
  public Paths paths(@Nullable UUID circuitId, String fromId, String toId, PathsAsked asked) {
    check("length", asked.length(), 1, MOST_DEPTH);
    check("count", asked.count(), 1, MOST_PATHS);
    checkStrength(asked.minStrength());
    if (fromId.equals(toId)) {
      throw Problem.invalid("to", "must be another feature than 'from'");
    }
    Scope scope = scope(circuitId);
    requireFeatures(scope, fromId, toId);
    var ends = new Ends(fromId, toId, asked.length(), asked.minStrength(), MOST_EDGES_BETWEEN);
    List<Influence> edges =
        bounded(() -> through(asked.wanted(), scope, ends, store.between(scope, ends)));
    PathSearch.Found found =
        new PathSearch(edges, toId, asked.length()).from(fromId, asked.count());
    Set<String> on = new HashSet<>();
    found
        .paths()
        .forEach(
            path ->
                path.influences()
                    .forEach(
                        edge -> {
                          on.add(edge.sourceId());
                          on.add(edge.targetId());
                        }));
    return new Paths(found.paths(), store.features(scope, on), found.complete());
  }

  /// Which paths are asked for.
  ///
  /// @param length most edges of a path, 1 to {@link #MOST_DEPTH}
  /// @param minStrength edges of less absolute strength do not count
  /// @param count most paths, 1 to {@link #MOST_PATHS}
  /// @param wanted features that paths may meet between their ends
  public record PathsAsked(int length, double minStrength, int count, Wanted wanted) {}

  /// {@return the edges without those that end or begin in features that paths may not meet}
  private List<Influence> through(Wanted wanted, Scope scope, Ends ends, List<Influence> edges) {
    if (wanted.isAll()) {
      return edges;
    }
    Set<String> met = new HashSet<>();
    for (Influence edge : edges) {
      met.add(edge.sourceId());
      met.add(edge.targetId());
    }
    Set<String> open = new HashSet<>(List.of(ends.fromId(), ends.toId()));
    for (Feature feature : store.features(scope, met)) {
      if (wanted.has(feature)) {
        open.add(feature.id());
      }
    }
    return edges.stream()
        .filter(edge -> open.contains(edge.sourceId()) && open.contains(edge.targetId()))
        .toList();
  }

  private void requireFeatures(Scope scope, String fromId, String toId) {
    Collection<String> found =
        store.features(scope, List.of(fromId, toId)).stream().map(Feature::id).toList();
    for (String id : List.of(fromId, toId)) {
      if (!found.contains(id)) {
        throw Problem.notFound("feature", id);
      }
    }
  }

  /// {@return the most central features, by PageRank}
  ///
  /// @param circuitId the circuit, or null for the user's whole graph
  /// @param limit most features
  /// @throws ai.hartonomous.platform.web.ProblemException if the circuit is not there or the graph
  ///   too large
  public List<Centrality> centrality(@Nullable UUID circuitId, int limit) {
    check("limit", limit, 1, MOST_NEIGHBOURS);
    return Centrality.of(all(circuitId)).stream().limit(limit).toList();
  }

  /// {@return everything in a circuit, or in the user's graph}
  ///
  /// @param circuitId the circuit, or null for the user's whole graph
  /// @throws ai.hartonomous.platform.web.ProblemException if the circuit is not there or the graph
  ///   too large
  public Subgraph all(@Nullable UUID circuitId) {
    Scope scope = scope(circuitId);
    return bounded(() -> store.read(scope, MOST_FEATURES, MOST_INFLUENCES));
  }

  List<UUID> agents(String featureId) {
    requireFeatures(Scope.of(Tenant.current()), featureId, featureId);
    return store.agents(Tenant.current(), featureId);
  }

  private Scope scope(@Nullable UUID circuitId) {
    if (circuitId != null) {
      circuit(circuitId);
    }
    return new Scope(Tenant.current(), circuitId);
  }

  private static void check(String field, int value, int least, int most) {
    if (value < least || value > most) {
      throw Problem.invalid(field, "must be %d to %,d".formatted(least, most));
    }
  }

  private static void checkStrength(double minStrength) {
    if (!(minStrength >= 0 && minStrength <= Double.MAX_VALUE)) {
      throw Problem.invalid("minStrength", "must be 0 or more");
    }
  }

  private static <T> T bounded(Supplier<T> question) {
    try {
      return question.get();
    } catch (TooLargeException e) {
      throw Problem.unprocessable(
          "graph-too-large",
          e.getMessage() + " Ask about a circuit, go less far, or raise minStrength.");
    }
  }
}
