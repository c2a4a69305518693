package ai.hartonomous.platform.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

class DeletedModelsIT {

  private final TestServer server = TestServer.shared();
  private final Model tiny = Tiny.llama(9);

  @TempDir private Path folder;

  private UUID uploaded() throws Exception {
    Path checkpoint = Files.createTempDirectory(folder, "checkpoint");
    HuggingFaceWriter.write(tiny, checkpoint, Dtype.F32, null);
    Answer answer =
        server.send(
            "pia",
            "POST",
            "/v1/models?name=purged",
            BodyPublishers.ofByteArray(Tars.of(checkpoint)),
            "application/x-tar");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return UUID.fromString(answer.json().get("id").asString());
  }

  private int rows(String table, String column, UUID id) {
    Integer found =
        new JdbcTemplate(server.bean(DataSource.class))
            .queryForObject(
                "select count(*) from %s where %s = ?".formatted(table, column), Integer.class, id);
    return found == null ? -1 : found;
  }

  @Test
  void keepsPartsOfDeletedModelsForAWhile() throws Exception {
    UUID model = uploaded();
    server.delete("pia", "/v1/models/" + model);

    server.bean(DeletedModels.class).purge(Instant.now().minus(Duration.ofHours(1)));

    assertThat(rows("component", "model_id", model)).isEqualTo(tiny.config().components());
  }

  @Test
  void takesPartsOfDeletedModelsAway() throws Exception {
    UUID kept = uploaded();
    UUID gone = uploaded();
    server.delete("pia", "/v1/models/" + gone);

    server.bean(DeletedModels.class).purge(Instant.now().plusSeconds(60));

    assertThat(rows("component", "model_id", gone)).isZero();
    assertThat(rows("model_layer", "model_id", gone)).isZero();
    assertThat(rows("model_metadata", "model_id", gone)).isZero();
    assertThat(rows("stored_file", "folder_id", gone)).isZero();
    assertThat(rows("model", "id", gone)).isEqualTo(1);
    assertThat(rows("component", "model_id", kept)).isEqualTo(tiny.config().components());
    assertThat(rows("stored_file", "folder_id", kept)).isEqualTo(2);
  }
}
