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
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The graph in the tables `graph_*` of the platform's own database, walked by recursive queries.
/// The statements are native, so nothing filters them by tenant but their own `user_id = ?` in
/// every leg.
@Component
@ConditionalOnExpression("'${hartonomous.graph.uri:}'.isEmpty()")
public class RelationalGraph implements GraphStore {

  private static final int CHUNK = 500;
  private static final int ATTEMPTS = 5;

  /// The longest that the specification lets a graph query take.
  private static final int MOST_SECONDS = 2;

  private final JdbcTemplate jdbc;
  private final JdbcTemplate writing;
  private final TransactionTemplate transaction;
  private final RecursiveWalk walks;
  private final InstantSource clock = InstantSource.system();

  /// Makes the graph of a database.
  ///
  /// @param dataSource the database, with the migrations done
  /// @param transactions its transactions
  public RelationalGraph(DataSource dataSource, PlatformTransactionManager transactions) {
    this.jdbc = new JdbcTemplate(dataSource);
    this.jdbc.setQueryTimeout(MOST_SECONDS);
    this.writing = new JdbcTemplate(dataSource);
    this.transaction = new TransactionTemplate(transactions);
    this.walks = RecursiveWalk.of(jdbc);
  }

  @Override
  public String name() {
    return walks.product() + " tables";
  }

  @Override
  public void check() {
    jdbc.queryForList("select 1 from graph_circuit where 1 = 0");
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
  public boolean delete(String user, UUID id) {
    return transactionally(() -> new RelationalRemoval(writing, user).remove(id));
  }

  @Override
  public List<Feature> features(Scope scope, Collection<String> ids) {
    Set<UUID> wanted = new HashSet<>();
    ids.forEach(id -> wanted.add(RowIds.feature(scope.user(), id)));
    return byRow(scope, wanted).values().stream()
        .sorted(Comparator.comparing(Feature::id))
        .toList();
  }

  private Map<UUID, Feature> byRow(Scope scope, Collection<UUID> rows) {
    Map<UUID, Feature> found = new HashMap<>();
    for (List<UUID> chunk : chunks(rows)) {
      var sql = new Statement("select f.id, " + Rows.FEATURE + " from graph_feature f");
      sql.add(" where f.user_id = ?", scope.user());
      sql.addMembers("f.id", scope);
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
    Map<UUID, Integer> distances = inTime(() -> walks.distances(scope, walk, walk.most() + 1));
    boolean truncated = distances.size() > walk.most();
    if (truncated) {
      distances = first(distances, walk.most());
    }
    Map<UUID, Feature> features = byRow(scope, distances.keySet());
    List<Reached> reached = new ArrayList<>();
    distances.forEach(
        (row, distance) -> {
          Feature feature = features.get(row);
          if (feature != null) { // null where another transaction removed it meanwhile
            reached.add(new Reached(feature, distance));
          }
        });
    reached.sort(Comparator.comparingInt(Reached::distance).thenComparing(it -> it.feature().id()));
    List<Influence> influences =
        among(scope, features.keySet(), features.keySet(), walk.minStrength(), Integer.MAX_VALUE);
    return new Neighbourhood(reached, influences, truncated);
  }

  private static Map<UUID, Integer> first(Map<UUID, Integer> all, int most) {
    Map<UUID, Integer> first = new LinkedHashMap<>();
    for (Map.Entry<UUID, Integer> entry : all.entrySet()) {
      if (first.size() == most) {
        break;
      }
      first.put(entry.getKey(), entry.getValue());
    }
    return first;
  }

  @Override
  public List<Influence> between(Scope scope, Ends ends) {
    Map<UUID, Integer> ahead = distances(scope, ends.fromId(), Direction.OUT, ends);
    Map<UUID, Integer> back = distances(scope, ends.toId(), Direction.IN, ends);
    Set<UUID> sources = new HashSet<>();
    Set<UUID> targets = new HashSet<>();
    ahead.forEach(
        (row, distance) -> {
          int left = back.getOrDefault(row, ends.length() + 1);
          if (distance + left <= ends.length()) {
            sources.add(row);
            targets.add(row);
          }
        });
    return among(scope, sources, targets, ends.minStrength(), ends.most());
  }

  private Map<UUID, Integer> distances(Scope scope, String from, Direction direction, Ends ends) {
    var walk = new Walk(from, direction, ends.length(), ends.minStrength(), ends.most());
    Map<UUID, Integer> found = inTime(() -> walks.distances(scope, walk, ends.most() + 1));
    if (found.size() > ends.most()) {
      throw tooLarge(ends.most(), "features");
    }
    return found;
  }

  /// {@return edges between features, by their keys}
  private List<Influence> among(
      Scope scope, Set<UUID> sources, Set<UUID> targets, double minStrength, int most) {
    List<Influence> found = new ArrayList<>();
    for (List<UUID> chunk : chunks(sources)) {
      var sql = new Statement("select " + Rows.INFLUENCE);
      sql.add(Rows.INFLUENCES, scope.user());
      sql.add(" and abs(i.strength) >= ?", minStrength);
      sql.addIn("i.source_id", chunk);
      jdbc.query(
          sql.text(),
          row -> {
            if (targets.contains(Rows.id(row, "target_id"))) {
              found.add(Rows.influence(row, 0));
            }
          },
          sql.parameters());
      if (found.size() > most) {
        throw tooLarge(most, "influences");
      }
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
      throw new TooLargeException("The walk took longer than %d s.".formatted(MOST_SECONDS));
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
