package ai.hartonomous.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The main steps on a real SQL Server. With `-Dtest.sqlserver.url` Maven runs all other contract
/// tests there as well; without one this test is skipped, so that its absence is seen.
@EnabledIfSystemProperty(
    named = "test.sqlserver.url",
    matches = "jdbc:sqlserver:.*",
    disabledReason = "no SQL Server: -Dtest.sqlserver.url names none")
class SqlServerIT {

  @Test
  void registersShowsAndForgetsAModel(@TempDir Path data, @TempDir Path checkpoint)
      throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), checkpoint, Dtype.F32, null);
    try (var server = new TestServer(data, TestDatabase.sqlServer(data))) {
      Answer made =
          server.send(
              "ann",
              "POST",
              "/v1/models?name=Za%C5%BC%C3%B3%C5%82%C4%87",
              BodyPublishers.ofByteArray(Tars.of(checkpoint)),
              "application/x-tar");
      assertThat(made.status()).as(made.body()).isEqualTo(201);
      String path = made.header("Location");

      assertThat(server.get("ann", path).json()).isEqualTo(made.json());
      assertThat(server.get("ann", path + "/metadata").json().at("/architecture/layers").asInt())
          .isEqualTo(2);
      assertThat(server.get("ann", path + "/components?limit=500").json().get("items"))
          .hasSize(made.json().get("components").asInt());
      assertThat(server.get("bob", path).status()).isEqualTo(404);
      assertThat(server.delete("ann", path).status()).isEqualTo(204);
      assertThat(server.get("ann", path).status()).isEqualTo(404);
    }
  }
}
