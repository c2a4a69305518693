package ai.hartonomous.platform.job;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.security.TokenIssuer;
import ai.hartonomous.platform.store.Scrubber;
import ai.hartonomous.platform.store.StoreLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Servers that signal 9 ends at chance moments, under load and at work on jobs.
@Tag("slow")
class KilledNodesIT {

  private static final long SEED = Long.getLong("test.seed", 1);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int A_FEW = 2;
  private static final String EMBEDDED = "jdbc:h2:async:";

  @TempDir private Path folder;

  private final List<NodeProcess> nodes = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void aServerThatIsKilledTwiceLosesNothing() throws Exception {
    check(1, A_FEW, h2());
  }

  @Test
  void thirtyKillsOfTheEmbeddedServerLoseNothing() throws Exception {
    check(1, 30, h2());
  }

  @Test
  void thirtyKillsOfTwoNodesLoseNothing() throws Exception {
    check(2, 30, TestDatabase.postgresql(data()));
  }

  private Path data() throws IOException {
    return Files.createDirectories(folder.resolve("data"));
  }

  /// {@return how to look into the embedded database; the server opens it as it does by default}
  private Map<String, String> h2() {
    Path file = folder.resolve("data").resolve("database").resolve("hartonomous");
    return Map.of(
        "spring.datasource.url", EMBEDDED + file, "spring.datasource.username", "hartonomous");
  }

  private void check(int count, int kills, Map<String, String> database) throws Exception {
    var tokens =
        TokenIssuer.open(data(), Settings.fromEnvironment().tokens(), InstantSource.system());
    var load = new NodeLoad(folder, user -> tokens.issue(user, Duration.ofMinutes(10)));
    try {
      for (int i = 0; i < count; i++) {
        nodes.add(start(database, i));
      }
      tell(load);
      load.start(SEED);
      if (kills > A_FEW) {
        load.startEmbedding(SEED);
      }
      for (int kill = 0; kill < kills; kill++) {
        killOne(load, database);
      }
      load.stop();
      awaitTheEndOfAllJobs(load);
      if (count > 1) { // one server alone has cleared at its start what the kill before left
        restart(database);
        tell(load);
      }
      checkAnswers(load);
      checkJobs(load);
      for (NodeProcess node : nodes) {
        node.stop();
      }
      checkDisk(database);
      print(kills, load, database);
      if (kills > A_FEW) {
        checkIndex(database);
      }
    } finally {
      load.stop();
      for (NodeProcess node : nodes) {
        node.kill();
      }
    }
  }

  private void killOne(NodeLoad load, Map<String, String> database) throws Exception {
    load.awaitWork();
    Thread.sleep(random.nextInt(2500));
    int victim = random.nextInt(nodes.size());
    nodes.get(victim).kill();
    load.nodes(others(victim));
    nodes.set(victim, start(database, victim));
    tell(load);
  }

  private NodeProcess start(Map<String, String> database, int number) throws IOException {
    return NodeProcess.start(
        data(), settings(database, number), folder.resolve("errors-" + number + ".log"));
  }

  private Map<String, String> settings(Map<String, String> database, int number) {
    var settings = new HashMap<String, String>();
    settings.put("hartonomous.vectors.folder", folder.resolve("index-" + number).toString());
    if (!isEmbedded(database)) {
      settings.putAll(database);
    }
    settings.put("hartonomous.jobs.lease", "2s");
    settings.put("hartonomous.jobs.look", "200ms");
    settings.put("hartonomous.jobs.takeovers", "1000");
    settings.put("logging.file.name", folder.resolve("node-" + number + ".log").toString());
    settings.put("logging.threshold.console", "off");
    return settings;
  }

  /// The index of each node has every embedding of the table, and nothing else.
  private void checkIndex(Map<String, String> database) throws IOException {
    List<String> verb = List.of("index", "check", "--json", "--data", data().toString());
    for (int i = 0; i < nodes.size(); i++) {
      JsonNode found = JSON.readTree(NodeProcess.run(settings(database, i), verb));
      assertThat(found.get("agrees").asBoolean()).as(found.toString()).isTrue();
      assertThat(found.get("unread").asLong()).as(found.toString()).isZero();
      assertThat(found.get("documents")).isEqualTo(found.get("rows"));
      System.out.println("index of node " + i + ": " + found);
    }
  }

  private void tell(NodeLoad load) {
    load.nodes(nodes.stream().map(NodeProcess::base).toList());
  }

  private List<String> others(int victim) {
    return IntStream.range(0, nodes.size())
        .filter(i -> i != victim)
        .mapToObj(i -> nodes.get(i).base())
        .toList();
  }

  /// An orderly stop, and a start that clears what the kills left.
  private void restart(Map<String, String> database) throws Exception {
    for (NodeProcess node : nodes) {
      node.stop();
    }
    for (int i = 0; i < nodes.size(); i++) {
      nodes.set(i, start(database, i));
    }
  }

  private static void awaitTheEndOfAllJobs(NodeLoad load) throws Exception {
    Instant deadline = Instant.now().plus(Duration.ofMinutes(15));
    for (String user : NodeLoad.USERS) {
      while (load.list(user, "/v1/jobs").stream().anyMatch(job -> !job.hasNonNull("ended"))) {
        assertThat(Instant.now()).isBefore(deadline);
        Thread.sleep(200);
      }
    }
  }

  private static void checkAnswers(NodeLoad load) throws Exception {
    assertThat(load.failures).isEmpty();
    for (String user : NodeLoad.USERS) {
      Set<String> models = ids(load.list(user, "/v1/models"), "id");
      assertThat(missing(of(user, load.models), models)).isEmpty();
      assertThat(of(user, load.deleted)).noneMatch(models::contains);
      Set<String> suites = ids(load.list(user, "/v1/capabilities"), "name");
      assertThat(missing(of(user, load.suites), suites)).isEmpty();
      Set<String> jobs = ids(load.list(user, "/v1/jobs"), "id");
      assertThat(missing(of(user, load.jobs), jobs)).isEmpty();
      for (String model : models) {
        NodeLoad.Answer read = load.send(user, "GET", "/v1/models/" + model, NodeLoad.nothing());
        assertThat(read).isNotNull();
        assertThat(load.list(user, "/v1/models/" + model + "/components"))
            .hasSize(read == null ? -1 : read.body().get("components").asInt());
      }
    }
  }

  /// Each job succeeded, made one thing, and told of everything once and in order.
  private static void checkJobs(NodeLoad load) throws Exception {
    for (String user : NodeLoad.USERS) {
      List<JsonNode> jobs = load.list(user, "/v1/jobs");
      Map<String, String> made = new HashMap<>();
      for (JsonNode agent : load.list(user, "/v1/agents")) {
        assertThat(made.put(text(agent, "jobId"), text(agent, "id"))).isNull();
      }
      for (JsonNode model : load.list(user, "/v1/models")) {
        for (String kind : List.of("/transcoders", "/embeddings")) {
          for (JsonNode analysis : load.list(user, "/v1/models/" + text(model, "id") + kind)) {
            assertThat(made.put(text(analysis, "jobId"), text(analysis, "id"))).isNull();
          }
        }
      }
      assertThat(made).hasSameSizeAs(jobs);
      for (JsonNode job : jobs) {
        assertThat(text(job, "state")).as(job.toString()).isEqualTo("succeeded");
        JsonNode result = job.get("result");
        assertThat(made.get(text(job, "id")))
            .isEqualTo(text(result, result.has("agentId") ? "agentId" : "analysisId"));
        List<String> numbers =
            load.events(user, text(job, "id"))
                .lines()
                .filter(line -> line.startsWith("id: "))
                .toList();
        assertThat(numbers)
            .isEqualTo(IntStream.rangeClosed(1, numbers.size()).mapToObj(i -> "id: " + i).toList());
      }
    }
  }

  /// Every row has its file with the right content, a second look finds nothing to mend, and what
  /// no job needs is gone.
  private void checkDisk(Map<String, String> database) throws Exception {
    var source =
        new DriverManagerDataSource(
            url(database), requireNonNull(database.get("spring.datasource.username")), "");
    var scrubber = new Scrubber(source, StoreLayout.in(data()), Duration.ZERO);
    assertThat(astray(database)).isEmpty();
    Scrubber.Report found = scrubber.scrub();
    assertThat(found.sound()).as(found.toString()).isTrue();
    assertThat(found.relinked()).isZero();
    assertThat(found.files()).isPositive();
    if (isEmbedded(database)) { // each start swept
      assertThat(found.folders()).isZero();
      assertThat(found.blobs()).isZero();
    }
    Scrubber.Report again = scrubber.scrub();
    assertThat(again.folders() + again.blobs() + again.relinked()).isZero();
    assertThat(names("incoming")).isEmpty();
    assertThat(names("work")).isEmpty();
    System.out.printf("disk: %s%n", found);
  }

  /// {@return files of rows that are not names of their content}
  private List<String> astray(Map<String, String> database) throws SQLException, IOException {
    var layout = StoreLayout.in(data());
    List<String> astray = new ArrayList<>();
    for (String row :
        query(
            database,
            "select concat(folder_id, ' ', sha256, ' ', path) from stored_file where not deleted")) {
      String[] parts = row.split(" ", 3);
      Path kept = layout.folder(UUID.fromString(parts[0]));
      Path file = kept.resolve(parts[2]);
      Path content = layout.blob(parts[1]);
      if (!Files.exists(file) || !Files.exists(content) || !Files.isSameFile(file, content)) {
        astray.add(
            "%s folder %s file %s content %s"
                .formatted(row, Files.exists(kept), Files.exists(file), Files.exists(content)));
      }
    }
    return astray;
  }

  private static boolean isEmbedded(Map<String, String> database) {
    return url(database).startsWith(EMBEDDED);
  }

  private static String url(Map<String, String> database) {
    return requireNonNull(database.get("spring.datasource.url"));
  }

  private Set<String> names(String path) throws IOException {
    try (Stream<Path> files = Files.list(data().resolve(path))) {
      return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
    }
  }

  private static Set<String> query(Map<String, String> database, String sql) throws SQLException {
    Set<String> found = new TreeSet<>();
    try (Connection connection =
            DriverManager.getConnection(
                url(database), database.get("spring.datasource.username"), "");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private static void print(int kills, NodeLoad load, Map<String, String> database)
      throws SQLException {
    System.out.printf(
        "seed %d, %d kills: %d answers, %d broken connections, %d models, %d deleted, %d suites,"
            + " %d jobs; jobs were left by their node %s times%n",
        SEED,
        kills,
        load.answered.get(),
        load.broken.get(),
        load.models.size(),
        load.deleted.size(),
        load.suites.size(),
        load.jobs.size(),
        query(database, "select coalesce(sum(takeovers), 0) from job"));
  }

  private static Set<String> missing(Set<String> wanted, Set<String> found) {
    var missing = new TreeSet<>(wanted);
    missing.removeAll(found);
    return missing;
  }

  private static Set<String> of(String user, Set<String> things) {
    Set<String> mine = new TreeSet<>();
    for (String thing : things) {
      if (thing.startsWith(user + " ")) {
        mine.add(thing.split(" ")[1]);
      }
    }
    return mine;
  }

  private static Set<String> ids(List<JsonNode> items, String field) {
    return new TreeSet<>(items.stream().map(item -> text(item, field)).toList());
  }

  private static String text(JsonNode node, String field) {
    return node.get(field).asString();
  }
}
