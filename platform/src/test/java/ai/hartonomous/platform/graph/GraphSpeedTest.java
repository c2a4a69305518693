package ai.hartonomous.platform.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.graph.GraphStore.Ends;
import ai.hartonomous.platform.graph.neo4j.Neo4jGraph;
import ai.hartonomous.platform.graph.neo4j.TestNeo4j;
import ai.hartonomous.platform.graph.relational.RelationalGraph;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/// How long questions take on a graph of 10,000 features and 100,000 influences: half of the
/// influences lead anywhere, half to hubs, as those of real models do (feature `n` is a target in
/// proportion to `n^(-2/3)`). Prints p50 and p99 as a caller in the same process sees them, and
/// holds the stores to the same answers. The user has a second graph of the same size beside the
/// one that is asked, and another user a third, so that scopes are worth something.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GraphSpeedTest {

  private static final int FEATURES = Integer.getInteger("test.features", 10_000);
  private static final int INFLUENCES = Integer.getInteger("test.influences", 100_000);
  private static final int QUESTIONS = Integer.getInteger("test.questions", 400);
  private static final long SEED = Long.getLong("test.seed", 1);

  /// The features that a request gets if it does not say how many.
  private static final int NEIGHBOURS = 200;

  private final String user = "speed-" + UUID.randomUUID();
  private final CircuitDraft draft = draft("speed", "f");

  /// Answers by question; the first store's are what the others are held to, whichever are run.
  private final Map<String, Object> answers = new HashMap<>();

  @Test
  void tellsHowLongQuestionsTakeOnH2(@TempDir Path folder) {
    try (HikariDataSource database = pool("jdbc:h2:" + folder.resolve("graph"), "sa");
        GraphStore store = migrated(database, "h2")) {
      measure(store);
    }
  }

  @Test
  void tellsHowLongQuestionsTakeOnPostgresql() throws IOException {
    Map<String, String> settings = TestDatabase.postgresql(Path.of("graph-speed"));
    String url = settings.getOrDefault("spring.datasource.url", "");
    try (HikariDataSource database = pool(url, "postgres");
        GraphStore store = migrated(database, "postgresql")) {
      measure(store);
    }
  }

  @Test
  void tellsHowLongQuestionsTakeOnNeo4j() {
    try (GraphStore store = Neo4jGraph.open(TestNeo4j.settings())) {
      measure(store);
    }
  }

  private static HikariDataSource pool(String url, String name) {
    var pool = new HikariDataSource();
    pool.setJdbcUrl(url);
    pool.setUsername(name);
    pool.setPassword("");
    return pool;
  }

  private static GraphStore migrated(HikariDataSource database, String vendor) {
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:db/migration/" + vendor)
        .load()
        .migrate();
    return new RelationalGraph(database, new DataSourceTransactionManager(database));
  }

  private static CircuitDraft draft(String name, String prefix) {
    var random = new SplittableRandom(SEED);
    List<Feature> features =
        IntStream.range(0, FEATURES)
            .mapToObj(i -> Feature.of(id(prefix, i), "feature " + i))
            .toList();
    Map<String, Influence> influences = new HashMap<>();
    while (influences.size() < INFLUENCES) {
      int source = random.nextInt(FEATURES);
      boolean hub = random.nextBoolean();
      int target =
          (int) (FEATURES * (hub ? Math.pow(random.nextDouble(), 3) : random.nextDouble()));
      if (source != target) {
        var influence =
            Influence.of(id(prefix, source), id(prefix, target), random.nextDouble(-1, 1));
        influences.put(influence.key(), influence);
      }
    }
    return CircuitDraft.of(name, features, List.copyOf(influences.values()));
  }

  private static String id(String prefix, int number) {
    return "%s-%05d".formatted(prefix, number);
  }

  private void measure(GraphStore store) {
    long start = System.nanoTime();
    UUID circuit = store.save(user, draft).id();
    print("%s: load %.1f s".formatted(store.name(), (System.nanoTime() - start) / 1e9));
    store.save(user, draft("beside", "g"));
    store.save(user + "-other", draft);
    start = System.nanoTime();
    store.save(user, draft);
    print("%s: load again %.1f s".formatted(store.name(), (System.nanoTime() - start) / 1e9));
    for (Scope scope : List.of(new Scope(user, null), new Scope(user, circuit))) {
      String where = scope.circuitId() == null ? "whole graph" : "one circuit";
      time(store, where + ", 2 out", i -> around(store, scope, i, Direction.OUT, 2));
      time(store, where + ", 2 both", i -> around(store, scope, i, Direction.BOTH, 2));
      time(store, where + ", paths of 3", i -> paths(store, scope, i, 3));
      time(store, where + ", paths of 4", i -> paths(store, scope, i, 4));
    }
  }

  private static Object around(
      GraphStore store, Scope scope, int i, Direction direction, int depth) {
    var walk = new Walk(id("f", i * 31 % FEATURES), direction, depth, 0, NEIGHBOURS);
    Neighbourhood found = store.neighbourhood(scope, walk);
    return found.features().stream().map(Neighbourhood.Reached::distance).toList();
  }

  private static Object paths(GraphStore store, Scope scope, int i, int length) {
    String from = id("f", i * 31 % FEATURES);
    String to = id("f", (i * 17 + 1) % FEATURES);
    List<Influence> between = store.between(scope, new Ends(from, to, length, 0, 100_000));
    return new PathSearch(between, to, length)
        .from(from, 10).paths().stream().map(StrongPath::strength).toList();
  }

  private void time(GraphStore store, String what, IntFunction<Object> question) {
    for (int i = 0; i < QUESTIONS; i++) { // warms up
      Object answer = question.apply(i);
      Object known = answers.putIfAbsent(what + ' ' + i, answer);
      assertThat(known == null ? answer : known).as("%s: %s", store.name(), what).isEqualTo(answer);
    }
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < QUESTIONS; i++) {
      long start = System.nanoTime();
      var _ = question.apply(i);
      millis.add((System.nanoTime() - start) / 1e6);
    }
    millis.sort(null);
    print(
        "%s: %-28s p50 %6.1f ms  p99 %6.1f ms"
            .formatted(
                store.name(),
                what,
                millis.get(QUESTIONS / 2),
                millis.get((int) Math.ceil(0.99 * QUESTIONS) - 1)));
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
