package ai.hartonomous.platform.graph.relational;

import ai.hartonomous.platform.graph.Circuit;
import ai.hartonomous.platform.graph.CircuitDraft;
import ai.hartonomous.platform.graph.Direction;
import ai.hartonomous.platform.graph.Feature;
import ai.hartonomous.platform.graph.GraphStore;
import ai.hartonomous.platform.graph.Influence;
import ai.hartonomous.platform.graph.Neighbourhood;
import ai.hartonomous.platform.graph.Neighbourhood.Reached;
import ai.hartonomous.platform.graph.Scope;
import ai.hartonomous.platform.graph.Subgraph;
import ai.hartonomous.platform.graph.TooLargeException;
import ai.hartonomous.platform.graph.Walk;
import ai.hartonomous.platform.graph.Wanted;
import ai.hartonomous.platform.graph.Ways;
import ai.hartonomous.platform.graph.Ways.Edge;
import java.sql.DatabaseMetaData;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The graph in the tables `graph_*` of the platform's own database, walked a step at a time. The
/// statements are native, so nothing filters them by tenant but their own `user_id = ?` in every
/// leg.
@Component
@ConditionalOnExpression("'${hartonomous.graph.uri:}'.isEmpty()")
public class RelationalGraph implements GraphStore {

  private static final int CHUNK = 500;
  private static final int ATTEMPTS = 5;

  /// The longest that the specification lets a graph query take.
  private static final Duration MOST = Duration.ofSeconds(2);

  /// Features that a walk may come by to find those that are wanted.
  private static final int MOST_VISITED = 100_000;

  private final JdbcTemplate jdbc;
  private final JdbcTemplate writing;
  private final TransactionTemplate transaction;
  private final String name;
  private final InstantSource clock = InstantSource.system();

  /// Makes the graph of a database.
  ///
  /// @param dataSource the database, with the migrations done
  /// @param transactions its transactions
  public RelationalGraph(DataSource dataSource, PlatformTransactionManager transactions) {
    this.jdbc = new JdbcTemplate(dataSource);
    this.jdbc.setQueryTimeout((int) MOST.toSeconds());
    this.writing = new JdbcTemplate(dataSource);
    this.transaction = new TransactionTemplate(transactions);
    ConnectionCallback<String> product =
        connection -> {
          DatabaseMetaData metaData = connection.getMetaData();
          return metaData.getDatabaseProductName();
        };
    this.name = jdbc.execute(product) + " tables";
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void check() {
    var health = Scope.of("health");
    new StepwiseWalk(jdbc, health, 0, MOST)
        .distances(RowIds.feature("health", "health"), Direction.BOTH, 1, 1);
  }

  @Override
  public Circuit save(String user, CircuitDraft draft) {
    UUID id =
        transactionally(
            () ->
                new RelationalWrites(writing, user, clock.instant().atOffset(ZoneOffset.UTC))
                    .store(draft));
    return circuit(user, id).orElseThrow();
  }

  @Override
  public Optional<Circuit> circuit(String user, UUID id) {
    return jdbc.query(Rows.CIRCUIT + " and c.id = ?", Rows::circuit, user, id).stream().findFirst();
  }

  @Override
  public List<Circuit> circuits(String user, UUID after, int limit) {
    return jdbc.query(
        Rows.CIRCUIT + " and c.id > ? order by c.id offset 0 rows fetch next ? rows only",
        Rows::circuit,
        user,
        after,
        limit);
  }

  @Override
  public List<UUID> circuitsFrom(String user, UUID origin) {
    return jdbc.query(
        "select id from graph_circuit where user_id = ? and (analysis_id = ? or agent_id = ?)",
        (row, _) -> Rows.id(row, "id"),
        user,
        origin,
        origin);
  }

  @Override
  public boolean delete(String user, UUID id) {
    return transactionally(() -> new RelationalRemoval(writing, user).remove(id));
  }

  @Override
  public List<Feature> features(Scope scope, Collection<String> ids) {
    Set<UUID> wanted = new HashSet<>();
    ids.forEach(id -> wanted.add(RowIds.feature(scope.user(), id)));
    return byRow(scope, wanted, Wanted.ALL).values().stream()
        .sorted(Comparator.comparing(Feature::id))
        .toList();
  }

  private Map<UUID, Feature> byRow(Scope scope, Collection<UUID> rows, Wanted wanted) {
    Map<UUID, Feature> found = new HashMap<>();
    for (List<UUID> chunk : chunks(rows)) {
      var sql = new Statement("select f.id, " + Rows.FEATURE + " from graph_feature f");
      sql.add(" where f.user_id = ?", scope.user());
      sql.addMembers("f.id", scope);
      sql.addWanted(wanted);
      sql.addIn("f.id", chunk);
      jdbc.query(
          sql.text(),
          row -> {
            found.put(Rows.id(row, "id"), Rows.feature(row, 0));
          },
          sql.parameters());
    }
    return found;
  }

  @Override
  public Neighbourhood neighbourhood(Scope scope, Walk walk) {
    return inTime(() -> around(scope, walk));
  }

  private Neighbourhood around(Scope scope, Walk walk) {
    UUID from = RowIds.feature(scope.user(), walk.featureId());
    if (byRow(scope, List.of(from), Wanted.ALL).isEmpty()) {
      return new Neighbourhood(List.of(), List.of(), false);
    }
    boolean all = walk.wanted().isAll();
    int enough = all ? walk.most() : MOST_VISITED;
    Map<UUID, Integer> distances =
        new StepwiseWalk(jdbc, scope, walk.minStrength(), MOST)
            .distances(from, walk.direction(), walk.depth(), enough);
    boolean more = distances.size() > enough;
    if (more && !all) {
      throw tooLarge(enough, "features");
    }
    List<UUID> nearest = distances.keySet().stream().limit(enough).toList();
    Map<UUID, Feature> features = byRow(scope, nearest, walk.wanted());
    List<UUID> shown = nearest.stream().filter(features::containsKey).limit(walk.most()).toList();
    boolean truncated = more || shown.size() < features.size();
    features.keySet().retainAll(Set.copyOf(shown));
    List<Reached> reached = new ArrayList<>();
    features.forEach(
        (row, feature) -> reached.add(new Reached(feature, distances.getOrDefault(row, 0))));
    reached.sort(Comparator.comparingInt(Reached::distance).thenComparing(it -> it.feature().id()));
    return new Neighbourhood(reached, among(scope, features, walk.minStrength()), truncated);
  }

  /// {@return edges between features, by their keys}
  private List<Influence> among(Scope scope, Map<UUID, Feature> features, double minStrength) {
    List<Influence> found = new ArrayList<>();
    for (List<UUID> chunk : chunks(features.keySet())) {
      var sql = new Statement("select " + Rows.EDGE + " from graph_influence i");
      sql.add(" where i.user_id = ? and abs(i.strength) >= ?", scope.user(), minStrength);
      sql.addIn("i.source_id", chunk);
      jdbc.query(
          sql.text(),
          row -> {
            Feature source = features.get(Rows.id(row, "source_id"));
            Feature target = features.get(Rows.id(row, "target_id"));
            if (source != null && target != null) {
              found.add(Rows.influence(row, source.id(), target.id()));
            }
          },
          sql.parameters());
    }
    found.sort(Comparator.comparing(Influence::key));
    return found;
  }

  @Override
  public List<Influence> between(Scope scope, Ends ends) {
    return inTime(() -> on(scope, ends));
  }

  private List<Influence> on(Scope scope, Ends ends) {
    UUID from = RowIds.feature(scope.user(), ends.fromId());
    UUID to = RowIds.feature(scope.user(), ends.toId());
    var walk = new StepwiseWalk(jdbc, scope, ends.minStrength(), MOST);
    Set<Edge<UUID>> near =
        walk.edges(from, Direction.OUT, Ways.fromBegin(ends.length()), ends.most());
    near.addAll(walk.edges(to, Direction.IN, Ways.beforeEnd(ends.length()), ends.most()));
    Set<UUID> wanted = new HashSet<>();
    for (Edge<UUID> edge : Ways.between(near, from, to, ends.length())) {
      wanted.add(RowIds.influence(edge.source(), edge.target()));
    }
    List<Influence> found = new ArrayList<>();
    for (List<UUID> chunk : chunks(wanted)) {
      var sql = new Statement("select " + Rows.INFLUENCE);
      sql.add(Rows.INFLUENCES, scope.user());
      sql.addIn("i.id", chunk);
      found.addAll(jdbc.query(sql.text(), Rows::influence, sql.parameters()));
    }
    found.sort(Comparator.comparing(Influence::key));
    return found;
  }

  @Override
  public Subgraph read(Scope scope, int mostFeatures, int mostInfluences) {
    var features = new Statement("select " + Rows.FEATURE + " from graph_feature f");
    features.add(" where f.user_id = ?", scope.user());
    features.addMembers("f.id", scope);
    features.add(" order by f.feature_key offset 0 rows fetch next ? rows only", mostFeatures + 1);
    List<Feature> nodes = jdbc.query(features.text(), Rows::feature, features.parameters());
    if (nodes.size() > mostFeatures) {
      throw tooLarge(mostFeatures, "features");
    }
    var influences = new Statement("select " + Rows.INFLUENCE);
    influences.add(Rows.INFLUENCES, scope.user());
    influences.addMembers("i.source_id", scope);
    influences.addMembers("i.target_id", scope);
    influences.add(" order by i.id offset 0 rows fetch next ? rows only", mostInfluences + 1);
    List<Influence> edges =
        new ArrayList<>(jdbc.query(influences.text(), Rows::influence, influences.parameters()));
    if (edges.size() > mostInfluences) {
      throw tooLarge(mostInfluences, "influences");
    }
    edges.sort(Comparator.comparing(Influence::key));
    return new Subgraph(nodes.stream().sorted(Comparator.comparing(Feature::id)).toList(), edges);
  }

  @Override
  public List<UUID> agents(String user, String featureId) {
    return jdbc.query(
        """
        select distinct c.agent_id from graph_circuit c
        join graph_member m on m.circuit_id = c.id and m.user_id = c.user_id
        where c.user_id = ? and m.feature_id = ? and c.agent_id is not null
        order by c.agent_id""",
        (row, _) -> Rows.id(row, "agent_id"),
        user,
        RowIds.feature(user, featureId));
  }

  @Override
  public void close() {
    // the database has another owner
  }

  private static TooLargeException tooLarge(int most, String what) {
    return new TooLargeException("More than %,d %s would have to be read.".formatted(most, what));
  }

  private static <T> T inTime(Supplier<T> query) {
    try {
      return query.get();
    } catch (QueryTimeoutException _) {
      throw new TooLargeException("The walk took longer than %d s.".formatted(MOST.toSeconds()));
    }
  }

  private <T> T transactionally(Supplier<T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return transaction.execute(_ -> work.get());
      } catch (ConcurrencyFailureException | DataIntegrityViolationException e) {
        again(attempt, e);
      }
    }
  }

  /// Another writer was faster: what it stored is found at the next attempt.
  private static void again(int attempt, DataAccessException failure) {
    if (attempt == ATTEMPTS) {
      throw failure;
    }
  }

  static List<List<UUID>> chunks(Collection<UUID> rows) {
    List<UUID> sorted = rows.stream().sorted().toList();
    List<List<UUID>> chunks = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += CHUNK) {
      chunks.add(sorted.subList(from, Math.min(sorted.size(), from + CHUNK)));
    }
    return chunks;
  }
}
