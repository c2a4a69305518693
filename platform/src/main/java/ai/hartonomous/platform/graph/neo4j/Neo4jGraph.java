package ai.hartonomous.platform.graph.neo4j;

import ai.hartonomous.platform.Settings;
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
import ai.hartonomous.platform.graph.Ways;
import ai.hartonomous.platform.graph.Ways.Edge;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Config;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.Session;
import org.neo4j.driver.SessionConfig;
import org.neo4j.driver.TransactionCallback;
import org.neo4j.driver.TransactionConfig;

/// The graph in a Neo4j server (5 or newer), over Bolt. Every match carries the user. Transactions
/// are the driver's managed ones: it tries them again when the server asks for it or cannot be
/// reached for a moment.
///
/// `(:Feature {userId, id})-[:INFLUENCES]->(:Feature)`, `(:Circuit {userId, id,
/// name})-[:CONTAINS]->(:Feature)`, `(:Agent {userId, id})-[:RETAINS]->(:Feature)`.
public final class Neo4jGraph implements GraphStore {

  private static final int CHUNK = 5_000;

  /// Features that a walk may come by to find those that are wanted.
  private static final int MOST_VISITED = 100_000;

  /// The longest that the specification lets a graph query take.
  private static final Duration MOST = Duration.ofSeconds(2);

  private static final Duration MOST_WRITING = Duration.ofMinutes(2);

  private final Driver driver;
  private final SessionConfig session;
  private final String name;
  private final InstantSource clock = InstantSource.system();

  private Neo4jGraph(Driver driver, SessionConfig session, String name) {
    this.driver = driver;
    this.session = session;
    this.name = name;
  }

  /// {@return the graph of a server; its constraints and indexes are made where missing}
  ///
  /// @param settings the server; the caller closes the graph
  /// @throws org.neo4j.driver.exceptions.Neo4jException if the server does not answer, or refuses
  public static Neo4jGraph open(Settings.Graph settings) {
    Config config =
        Config.builder()
            .withMaxConnectionPoolSize(settings.connections())
            .withConnectionAcquisitionTimeout(
                settings.connectWithin().toMillis(), TimeUnit.MILLISECONDS)
            .withConnectionTimeout(settings.connectWithin().toMillis(), TimeUnit.MILLISECONDS)
            .withMaxTransactionRetryTime(settings.retryWithin().toMillis(), TimeUnit.MILLISECONDS)
            .withUserAgent("hartonomous")
            .build();
    Driver driver =
        GraphDatabase.driver(
            settings.uri(), AuthTokens.basic(settings.username(), settings.password()), config);
    try {
      SessionConfig session =
          settings.database().isEmpty()
              ? SessionConfig.defaultConfig()
              : SessionConfig.forDatabase(settings.database());
      String name = Neo4jSchema.prepare(driver, session);
      return new Neo4jGraph(driver, session, name);
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void check() {
    read(
        tx ->
            tx.run(
                    """
                    OPTIONAL MATCH (:Feature {userId: 'health', id: 'health'})-[r:INFLUENCES]-()
                    RETURN count(r) AS found""")
                .single());
  }

  @Override
  public Circuit save(String user, CircuitDraft draft) {
    String id = write(tx -> new Neo4jWrites(tx, user, clock.instant()).store(draft));
    return circuit(user, UUID.fromString(id)).orElseThrow();
  }

  @Override
  public Optional<Circuit> circuit(String user, UUID id) {
    return read(
        tx ->
            tx
                .run(
                    Neo4jRows.CIRCUIT_OF_ID + Neo4jRows.CIRCUIT,
                    Map.of("user", user, "id", id.toString()))
                .list(Neo4jRows::circuit)
                .stream()
                .findFirst());
  }

  @Override
  public List<Circuit> circuits(String user, UUID after, int limit) {
    return read(
        tx ->
            tx.run(
                    "MATCH (c:Circuit {userId: $user}) WHERE c.id > $after"
                        + " WITH c ORDER BY c.id LIMIT $limit"
                        + Neo4jRows.CIRCUIT
                        + " ORDER BY c.id",
                    Map.of("user", user, "after", after.toString(), "limit", limit))
                .list(Neo4jRows::circuit));
  }

  @Override
  public List<UUID> circuitsFrom(String user, UUID origin) {
    return read(
        tx ->
            tx.run(
                    """
                    MATCH (c:Circuit {userId: $user})
                    WHERE c.analysisId = $origin OR c.agentId = $origin RETURN c.id AS id""",
                    Map.of("user", user, "origin", origin.toString()))
                .list(row -> UUID.fromString(row.get("id").asString())));
  }

  @Override
  public boolean delete(String user, UUID id) {
    return write(tx -> Neo4jWrites.remove(tx, user, id));
  }

  @Override
  public List<Feature> features(Scope scope, Collection<String> ids) {
    return read(
        tx -> {
          List<Feature> found = new ArrayList<>();
          for (List<String> chunk : chunks(ids)) {
            Map<String, Object> parameters = parameters(scope);
            parameters.put("ids", chunk);
            String query =
                "UNWIND $ids AS id MATCH (f:Feature {userId: $user, id: id})"
                    + Neo4jRows.where(scope, "f", "true")
                    + " RETURN f";
            found.addAll(tx.run(query, parameters).list(Neo4jRows::feature));
          }
          found.sort(Comparator.comparing(Feature::id));
          return found;
        });
  }

  @Override
  public Neighbourhood neighbourhood(Scope scope, Walk walk) {
    return read(
        tx -> {
          var walks = new Neo4jWalk(tx, scope, walk.minStrength());
          int most = walk.wanted().isAll() ? walk.most() : MOST_VISITED;
          Map<String, Integer> distances =
              walks.distances(walk.featureId(), walk.direction(), walk.depth(), most);
          if (!walk.wanted().isAll()) {
            refuse(distances.size() > most, most, "features");
            distances.keySet().retainAll(walks.wanted(distances.keySet(), walk.wanted()));
          }
          boolean truncated = distances.size() > walk.most();
          Set<String> kept = new TreeSet<>();
          distances.entrySet().stream()
              .sorted(
                  Map.Entry.<String, Integer>comparingByValue()
                      .thenComparing(Map.Entry.comparingByKey()))
              .limit(walk.most())
              .forEach(entry -> kept.add(entry.getKey()));
          List<Reached> reached = new ArrayList<>();
          for (Feature feature : walks.features(kept)) {
            reached.add(new Reached(feature, distances.getOrDefault(feature.id(), 0)));
          }
          reached.sort(
              Comparator.comparingInt(Reached::distance).thenComparing(it -> it.feature().id()));
          return new Neighbourhood(reached, walks.among(kept, Integer.MAX_VALUE), truncated);
        });
  }

  @Override
  public List<Influence> between(Scope scope, Ends ends) {
    return read(
        tx -> {
          var walks = new Neo4jWalk(tx, scope, ends.minStrength());
          int most = ends.most();
          int length = ends.length();
          Set<Edge<String>> near =
              walks.edges(ends.fromId(), Direction.OUT, Ways.fromBegin(length), most);
          near.addAll(walks.edges(ends.toId(), Direction.IN, Ways.beforeEnd(length), most));
          refuse(near.size() > most, most, "influences");
          Set<Edge<String>> on = Ways.between(near, ends.fromId(), ends.toId(), length);
          Set<String> features = new TreeSet<>();
          for (Edge<String> edge : on) {
            features.add(edge.source());
            features.add(edge.target());
          }
          return walks.among(features, Integer.MAX_VALUE).stream()
              .filter(it -> on.contains(new Edge<>(it.sourceId(), it.targetId())))
              .toList();
        });
  }

  @Override
  public Subgraph read(Scope scope, int mostFeatures, int mostInfluences) {
    return read(
        tx -> {
          Map<String, Object> parameters = new HashMap<>(parameters(scope));
          parameters.put("most", mostFeatures + 1);
          List<Feature> features =
              tx.run(
                      "MATCH (f:Feature {userId: $user})"
                          + Neo4jRows.where(scope, "f", "true")
                          + " RETURN f LIMIT $most",
                      parameters)
                  .list(Neo4jRows::feature);
          refuse(features.size() > mostFeatures, mostFeatures, "features");
          parameters.put("most", mostInfluences + 1);
          List<Influence> influences =
              tx.run(
                      "MATCH (s:Feature {userId: $user})-[r:INFLUENCES]->(t:Feature {userId: $user})"
                          + Neo4jRows.where(scope, "s", Neo4jRows.member(scope, "t"))
                          + " RETURN "
                          + Neo4jRows.INFLUENCE
                          + " LIMIT $most",
                      parameters)
                  .list(Neo4jRows::influence);
          refuse(influences.size() > mostInfluences, mostInfluences, "influences");
          return new Subgraph(
              features.stream().sorted(Comparator.comparing(Feature::id)).toList(),
              influences.stream().sorted(Comparator.comparing(Influence::key)).toList());
        });
  }

  @Override
  public List<UUID> agents(String user, String featureId) {
    return read(
        tx ->
            tx.run(
                    """
                    MATCH (a:Agent {userId: $user})-[:RETAINS]->(:Feature {userId: $user, id: $id})
                    RETURN a.id AS id ORDER BY id""",
                    Map.of("user", user, "id", featureId))
                .list(row -> UUID.fromString(row.get("id").asString())));
  }

  @Override
  public void close() {
    driver.close();
  }

  private static void refuse(boolean tooLarge, int most, String what) {
    if (tooLarge) {
      throw new TooLargeException("More than %,d %s would have to be read.".formatted(most, what));
    }
  }

  static Map<String, Object> parameters(Scope scope) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("user", scope.user());
    if (scope.circuitId() != null) {
      parameters.put("circuit", scope.circuitId().toString());
    }
    return parameters;
  }

  static List<List<String>> chunks(Collection<String> ids) {
    List<String> sorted = ids.stream().sorted().toList();
    List<List<String>> chunks = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += CHUNK) {
      chunks.add(sorted.subList(from, Math.min(sorted.size(), from + CHUNK)));
    }
    return chunks;
  }

  private <T> T read(TransactionCallback<T> work) {
    return Neo4jFailures.translated(
        () -> {
          try (Session open = driver.session(session)) {
            return open.executeRead(work, TransactionConfig.builder().withTimeout(MOST).build());
          }
        });
  }

  private <T> T write(TransactionCallback<T> work) {
    return Neo4jFailures.translated(
        () -> {
          try (Session open = driver.session(session)) {
            return open.executeWrite(
                work, TransactionConfig.builder().withTimeout(MOST_WRITING).build());
          }
        });
  }
}
