package ai.hartonomous.platform.procedure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.security.Role;
import ai.hartonomous.platform.security.TokenIssuer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Calls the procedures through JDBC, on the database that the tests run on.
class ProcedureIT {

  private static final String FEATURES = "[{\"id\":\"a\",\"name\":\"A\"},{\"id\":\"b\"}]";
  private static final String RELATIONSHIPS =
      "[{\"sourceId\":\"a\",\"targetId\":\"b\",\"strength\":0.5,\"method\":\"patching\"}]";

  private final TestServer server = TestServer.shared();
  private final boolean postgres = System.getProperty("test.database", "h2").equals("postgresql");
  private final String user = "u" + UUID.randomUUID();

  private List<List<Object>> call(String sql, Object... parameters) throws SQLException {
    try (Connection connection = server.bean(DataSource.class).getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      List<List<Object>> rows = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          List<Object> row = new ArrayList<>();
          for (int c = 1; c <= result.getMetaData().getColumnCount(); c++) {
            row.add(result.getObject(c));
          }
          rows.add(row);
        }
      }
      return rows;
    }
  }

  private JsonNode ended(Object job) throws Exception {
    server.get(user, "/v1/jobs/" + job + "/events"); // ends with the job
    return server.get(user, "/v1/jobs/" + job).json();
  }

  private UUID model(Path folder) throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), folder.resolve("m"), Dtype.F32, null);
    Answer model =
        server.send(
            user,
            "POST",
            "/v1/models?name=m",
            BodyPublishers.ofByteArray(Tars.of(folder.resolve("m"))),
            "application/x-tar");
    assertThat(model.status()).as(model.body()).isEqualTo(201);
    return UUID.fromString(model.json().get("id").asString());
  }

  private static String rows(long seed, int count, int width, double scale) {
    var random = new SplittableRandom(seed);
    List<String> rows = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      List<String> numbers = new ArrayList<>();
      for (int c = 0; c < width; c++) {
        numbers.add("%.4f".formatted(random.nextDouble(-scale, scale)));
      }
      rows.add("[" + String.join(",", numbers) + "]");
    }
    return "[" + String.join(",", rows) + "]";
  }

  /// {@return id of the analysis, however the database tells it}
  private UUID train(UUID model, String values, int epochs) throws Exception {
    if (postgres) {
      String sql = "select train_skip_transcoder(?, ?, ?, ?)";
      JsonNode job = ended(call(sql, model, values, epochs, 0.01).getFirst().getFirst());
      assertThat(job.get("state").asString()).as(job.toString()).isEqualTo("succeeded");
      return UUID.fromString(job.at("/result/analysisId").asString());
    }
    List<List<Object>> rows =
        call("call train_skip_transcoder(?, ?, ?, ?)", model, values, epochs, 0.01);
    assertThat(rows).hasSize(epochs / 100 + 1);
    assertThat(rows.getFirst().getFirst()).isEqualTo(100);
    assertThat((String) rows.getLast().get(2)).startsWith("Skip transcoder training completed");
    return (UUID) rows.getLast().get(3);
  }

  @Test
  void trainsASkipTranscoderAndKeepsIt(@TempDir Path folder) throws Exception {
    UUID model = model(folder);
    int width = Tiny.llama(1).config().width();
    String values =
        "{\"layer\":1,\"latents\":24,\"k\":4,\"input\":%s,\"target\":%s}"
            .formatted(rows(1, 64, width, 1), rows(1, 64, width, 0.5));

    UUID analysis = train(model, values, 300);

    String path = "/v1/models/%s/transcoders/%s".formatted(model, analysis);
    JsonNode kept = server.get(user, path).json();
    assertThat(kept.at("/report/coders/0/latents").asInt()).isEqualTo(24);
    assertThat(kept.at("/report/epochs")).hasSize(3);
    double first = kept.at("/report/epochs/0/loss").asDouble();
    assertThat(kept.at("/report/epochs/2/loss").asDouble()).isLessThan(first);
    assertThat(kept.get("files").toString()).contains("layers.1.mlp/sae.safetensors");
  }

  @Test
  void trainsTheLiteralCoderWhichHasNothingToLearn(@TempDir Path folder) throws Exception {
    UUID model = model(folder);
    int width = Tiny.llama(1).config().width();

    UUID analysis = train(model, rows(2, 20, width, 1), 200);

    String path = "/v1/models/%s/transcoders/%s".formatted(model, analysis);
    JsonNode report = server.get(user, path).json().get("report");
    assertThat(report.get("literal").asBoolean()).isTrue();
    assertThat(report.at("/coders/0/latents").asInt()).isEqualTo(width / 4);
    assertThat(report.at("/epochs/1/loss").asDouble()).isCloseTo(0, within(1e-9));
  }

  @Test
  void refusesAModelThatIsNotThere() {
    String sql = (postgres ? "select " : "call ") + "train_skip_transcoder(?, ?, ?, ?)";

    assertThatThrownBy(() -> call(sql, UUID.randomUUID(), "[[1,2,3,4]]", 100, 0.01))
        .hasMessageContaining("there is no model");
  }

  @Test
  void storesACircuit() throws Exception {
    if (postgres) {
      String sql = "select create_feature_circuit(?, ?, ?)";
      JsonNode job = ended(call(sql, FEATURES, RELATIONSHIPS, user).getFirst().getFirst());
      assertThat(job.at("/result/message").asString())
          .isEqualTo("Created circuit with 2 features and 1 relationships");
    } else {
      List<Object> row =
          call("call create_feature_circuit(?, ?, ?)", FEATURES, RELATIONSHIPS, user).getFirst();
      assertThat(row.get(3)).isEqualTo("Created circuit with 2 features and 1 relationships");
    }

    JsonNode paths = server.get(user, "/v1/graph/paths?from=a&to=b").json();
    assertThat(paths.at("/paths/0/strength").asDouble()).isEqualTo(0.5);
    assertThat(server.get("eve", "/v1/graph/paths?from=a&to=b").status()).isEqualTo(404);
  }

  @Test
  void tellsWhatIsWrongWithACircuit() throws Exception {
    String wrong = "[{\"sourceId\":\"a\",\"targetId\":\"nobody\",\"strength\":0.5}]";
    if (postgres) {
      String sql = "select create_feature_circuit(?, ?, ?)";
      JsonNode job = ended(call(sql, FEATURES, wrong, user).getFirst().getFirst());
      assertThat(job.get("failure").asString()).contains("relationships[0].targetId");
      return;
    }
    assertThatThrownBy(() -> call("call create_feature_circuit(?, ?, ?)", FEATURES, wrong, user))
        .hasMessageContaining("relationships[0].targetId");
  }

  @Test
  void tellsHowStatementsPerform() throws Exception {
    String sql =
        postgres ? "select * from get_performance_metrics()" : "call get_performance_metrics()";
    call(sql);
    server.get(user, "/v1/models");

    List<List<Object>> rows = call(sql);

    assertThat(rows).isNotEmpty();
    assertThat(rows.toString()).contains(postgres ? "pg_stat_user_tables" : "from model");
  }

  @Test
  void showsPerformanceToAdministratorsAlone() throws Exception {
    assertThat(server.get(user, "/v1/admin/performance").status()).isEqualTo(403);

    TokenIssuer issuer =
        TokenIssuer.open(
            server.data(), Settings.fromEnvironment().tokens(), InstantSource.system());
    String token = issuer.issue("root", Set.of(Role.ADMIN), Duration.ofMinutes(1));
    Answer answer =
        server.send(
            server.request("/v1/admin/performance").header("Authorization", "Bearer " + token));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().has("items")).isTrue();
  }
}
