package ai.hartonomous.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.store.Scrubber;
import ai.hartonomous.platform.store.StoreLayout;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import tools.jackson.databind.JsonNode;

/// A server on a data folder that the schema of before (V3) was written to.
class UpgradeIT {

  private static final UUID MODEL = new UUID(0x0190_0000_0000_7000L, 1);
  private static final UUID SUITE = new UUID(0x0190_0000_0000_7000L, 2);
  private static final UUID CORPUS = new UUID(0x0190_0000_0000_7000L, 3);
  private static final UUID JOB = new UUID(0x0190_0000_0000_7000L, 4);
  private static final UUID AGENT = new UUID(0x0190_0000_0000_7000L, 5);
  private static final UUID ANALYSIS = new UUID(0x0190_0000_0000_7000L, 6);

  /// Columns of an owned row, of which the id comes first.
  private static final String OWNED =
      "'ann', timestamp with time zone '2026-01-02 03:04:05+00',"
          + " timestamp with time zone '2026-01-02 03:04:05+00', false";

  @TempDir private Path data;
  private String url = "";
  private String user = "";
  private String json = "";

  private void earlier() throws Exception {
    Map<String, String> settings = TestDatabase.settings(data);
    url =
        settings.getOrDefault(
            "spring.datasource.url", "jdbc:h2:async:%s/database/hartonomous".formatted(data));
    user = settings.getOrDefault("spring.datasource.username", "hartonomous");
    json = DatabaseKind.of(url) == DatabaseKind.H2 ? "json" : "jsonb";
    Flyway.configure()
        .dataSource(url, user, "")
        .locations("classpath:db/migration/" + DatabaseKind.of(url).folder())
        .target("3")
        .load()
        .migrate();
    try (Connection connection = DriverManager.getConnection(url, user, "");
        Statement statement = connection.createStatement()) {
      for (String insert : rows().split(";\n")) {
        statement.executeUpdate(insert);
      }
    }
  }

  private String rows() throws Exception {
    Path model = folder(MODEL);
    HuggingFaceWriter.write(Tiny.llama(1), model, Dtype.F32, null);
    Files.writeString(folder(SUITE).resolve("suite.jsonl"), "{}\n");
    Files.writeString(folder(CORPUS).resolve("corpus.txt"), "a text");
    Files.writeString(folder(AGENT).resolve("config.json"), "{\"of\": \"the agent\"}");
    Files.writeString(folder(ANALYSIS).resolve("circuit.json"), "{\"nodes\": []}");
    return """
        insert into model values (M, OWNED, 'old', '', 'huggingface', 'llama', 'F32',
          JSON '{"width":8,"tied":true}', 2, 30, 1000, 2000, 'abc', 'mit');
        insert into model_file values (U, OWNED, M, 'config.json', FILE(M, config.json));
        insert into model_file values (U, OWNED, M, 'model.safetensors', FILE(M, model.safetensors));
        insert into model_layer values (U, OWNED, M, 0, 4, 2, 11);
        insert into component values (U, OWNED, M, 0, 0, 'HEAD', 0, 'layers.0.heads.0');
        insert into component values (U, OWNED, M, 1, 0, 'NEURON', 0, 'layers.0.neurons.0');
        insert into capability_suite values (S, OWNED, 'sql', 1, JSON '["sql"]',
          FILE(S, suite.jsonl));
        insert into job values (J, OWNED, 'distillation', 'SUCCEEDED', 'evaluate', 1, 'done',
          JSON '{}', JSON '{"outcome":"agent_created"}', null, null, null, JSON '{"search":[]}');
        insert into job_event values (U, OWNED, J, 1, 'state', JSON '{"state":"succeeded"}');
        insert into agent values (A, OWNED, 'expert', 'sql', J, JSON '{"seed":1}',
          JSON '{"search":[]}', JSON '[BINARY(A, config.json)]', 28, 500, 20);
        insert into deployment values (U, OWNED, A);
        insert into corpus values (C, OWNED, 'text', 'corpus.txt', FILE(C, corpus.txt));
        insert into analysis values (N, OWNED, M, J, 'CIRCUITS', JSON '{}', JSON '{"nodes":0}',
          JSON '[BINARY(N, circuit.json)]', 13);
        insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
          values ('job', 'none', timestamp with time zone '2099-01-01 00:00:00+00', false, 1)\
        """
        .transform(this::filled);
  }

  private Path folder(UUID id) throws IOException {
    return Files.createDirectories(StoreLayout.in(data).folder(id));
  }

  private String filled(String sql) {
    Map<String, UUID> ids =
        Map.of("M", MODEL, "S", SUITE, "C", CORPUS, "J", JOB, "A", AGENT, "N", ANALYSIS);
    String text = sql.replace("JSON '", json + " '").replace("OWNED", OWNED);
    text =
        Pattern.compile("(FILE|BINARY)\\((\\w), ([\\w.]+)\\)")
            .matcher(text)
            .replaceAll(
                found ->
                    stored(
                        Objects.requireNonNull(ids.get(found.group(2))),
                        found.group(3),
                        found.group(1)));
    for (var id : ids.entrySet()) {
      text =
          text.replaceAll("([(,] ?)%s([,)])".formatted(id.getKey()), "$1'" + id.getValue() + "'$2");
    }
    while (text.contains("(U,")) {
      text = text.replaceFirst("\\(U,", "('" + UUID.randomUUID() + "',");
    }
    return text;
  }

  /// Stores a file as it was done before, and says so in SQL or JSON.
  private String stored(UUID folder, String name, String form) {
    try {
      StoreLayout layout = StoreLayout.in(data);
      Path file = layout.folder(folder).resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      layout.link(file, hash);
      return form.equals("FILE")
          ? "'%s', %d".formatted(hash, bytes.length)
          : "{\"path\":\"%s\",\"sha256\":\"%s\",\"sizeBytes\":%d}"
              .formatted(name, hash, bytes.length);
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void serverShowsWhatTheEarlierSchemaHeld() throws Exception {
    earlier();

    try (var server = new TestServer(data)) {
      checkModel(server);
      checkTheRest(server);
      checkLaterRooms(server);
      Scrubber.Report report =
          new Scrubber(server.bean(DataSource.class), StoreLayout.in(data), Duration.ZERO).scrub();
      assertThat(report.sound()).isTrue();
      assertThat(report.files()).isEqualTo(6);
      assertThat(server.delete("ann", "/v1/models/" + MODEL).status()).isEqualTo(204);
      assertThat(StoreLayout.in(data).folder(MODEL)).doesNotExist();
    }
  }

  private static void checkModel(TestServer server) throws Exception {
    String path = "/v1/models/" + MODEL;
    JsonNode model = server.get("ann", path).json();
    assertThat(model.get("modelType").asString()).isEqualTo("transformer");
    assertThat(model.at("/architecture/width").asInt()).isEqualTo(8);
    assertThat(model.has("framework")).isFalse();
    JsonNode metadata = server.get("ann", path + "/metadata").json();
    assertThat(metadata.at("/architecture/model_type").asString()).isEqualTo("transformer");
    assertThat(metadata.at("/architecture/layers").asInt()).isEqualTo(2);
    assertThat(metadata.at("/architecture/tied").asBoolean()).isTrue();
    assertThat(server.get("ann", path + "/layers").json()).hasSize(1);
    assertThat(server.get("ann", path + "/components").json().get("items"))
        .extracting(item -> item.get("path").asString())
        .containsExactly("layers.0.heads.0", "layers.0.neurons.0");
    assertThat(server.get("ann", path + "/files").json()).hasSize(2);
    JsonNode config = server.get("ann", path + "/files/config.json").json();
    assertThat(config.get("model_type").asString()).isEqualTo("llama");
    assertThat(server.get("bob", path).status()).isEqualTo(404);
  }

  private static void checkTheRest(TestServer server) throws Exception {
    assertThat(name(server, "/v1/capabilities/" + SUITE)).isEqualTo("sql");
    assertThat(name(server, "/v1/corpora/" + CORPUS)).isEqualTo("text");
    assertThat(name(server, "/v1/agents/" + AGENT)).isEqualTo("expert");
    assertThat(server.get("ann", "/v1/jobs/" + JOB).json().get("state").asString())
        .isEqualTo("succeeded");
    assertThat(server.get("ann", "/v1/jobs/" + JOB + "/events").body()).contains("id:");
    assertThat(server.get("ann", "/v1/deployments").json().toString()).contains(AGENT.toString());
    String file = "/v1/models/%s/circuits/%s/files?path=circuit.json".formatted(MODEL, ANALYSIS);
    assertThat(server.get("ann", file).body()).isEqualTo("{\"nodes\": []}");
  }

  /// Every migration ran, and the tables that came later take rows.
  private static void checkLaterRooms(TestServer server) throws Exception {
    Flyway flyway = server.bean(Flyway.class);
    assertThat(flyway.info().pending()).isEmpty();
    assertThat(flyway.info().applied()).hasSize(migrations(server));
    Answer first = circuit(server);
    Answer again = circuit(server);
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(server.get("ann", "/v1/circuits").json().get("items"))
        .filteredOn(circuit -> !circuit.at("/origin").has("analysisId")) // the graph follows these
        .hasSize(1);
    String key = "{\"name\":\"ci\",\"scopes\":[\"read\"]}";
    assertThat(server.post("ann", "/v1/api-keys", key).status()).isEqualTo(201);
    assertThat(server.get("ann", "/v1/audit").json().get("items")).isNotEmpty();
  }

  private static int migrations(TestServer server) throws IOException {
    String url = server.bean(DataSourceProperties.class).determineUrl();
    Path folder =
        Path.of(System.getProperty("repository.root", ".."))
            .resolve("platform/src/main/resources/db/migration")
            .resolve(DatabaseKind.of(url).folder());
    try (Stream<Path> files = Files.list(folder)) {
      return Math.toIntExact(files.count());
    }
  }

  private static Answer circuit(TestServer server) throws Exception {
    String body =
        """
        {"name": "c", "features": [{"id": "f/1"}, {"id": "f/2"}],
         "relationships": [{"sourceId": "f/1", "targetId": "f/2", "strength": 0.5}]}""";
    Answer answer =
        server.send(
            server
                .request("/v1/circuits")
                .POST(BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + server.token("ann"))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "one"));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer;
  }

  private static String name(TestServer server, String path) throws Exception {
    return server.get("ann", path).json().get("name").asString();
  }

  @Test
  void migratesAnEmptyDatabaseOfBefore() throws Exception {
    Map<String, String> settings = TestDatabase.settings(data);
    String address =
        settings.getOrDefault(
            "spring.datasource.url", "jdbc:h2:async:%s/database/hartonomous".formatted(data));
    Flyway.configure()
        .dataSource(address, settings.getOrDefault("spring.datasource.username", "hartonomous"), "")
        .locations("classpath:db/migration/" + DatabaseKind.of(address).folder())
        .target("3")
        .load()
        .migrate();

    try (var server = new TestServer(data)) {
      assertThat(server.get("ann", "/v1/models").json().get("items")).isEmpty();
      checkLaterRooms(server);
    }
  }
}
