package ai.hartonomous.platform.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.backup.Backup.Manifest;
import ai.hartonomous.platform.database.DatabaseKind;
import ai.hartonomous.platform.security.Role;
import ai.hartonomous.platform.security.TokenIssuer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class BackupIT {

  private static final List<String> SHOWN =
      List.of("/v1/models", "/v1/capabilities", "/v1/corpora", "/v1/jobs", "/v1/agents");

  @TempDir private static Path data;
  @TempDir private static Path backups;
  private static TestServer server;
  private static String model = "";

  @TempDir private Path folder;

  @BeforeAll
  static void fill(@TempDir Path checkpoint) throws Exception {
    var settings = new HashMap<>(TestDatabase.settings(data));
    settings.put("hartonomous.store.backup-dir", backups.toString());
    server = new TestServer(data, settings);
    HuggingFaceWriter.write(Tiny.llama(3), checkpoint, Dtype.F32, null);
    Files.writeString(checkpoint.resolve("README.md"), "---\nlicense: mit\n---\n");
    model = sent("/v1/models?name=kept", Tars.of(checkpoint), "application/x-tar");
    String gone = sent("/v1/models?name=gone", Tars.of(checkpoint), "application/x-tar");
    server.delete("ann", "/v1/models/" + gone);
    sent(
        "/v1/corpora?name=text",
        "Zażółć gęślą jaźń".getBytes(StandardCharsets.UTF_8),
        "text/plain");
  }

  private static String sent(String path, byte[] body, String type) throws Exception {
    Answer answer = server.send("ann", "POST", path, BodyPublishers.ofByteArray(body), type);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().get("id").asString();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// A backup of the running server.
  private static Backup backup() throws IOException {
    return new Backup(
        server.bean(DataSource.class),
        kind(TestDatabase.settings(data)),
        data,
        InstantSource.system());
  }

  private static DatabaseKind kind(Map<String, String> settings) {
    return DatabaseKind.of(settings.getOrDefault("spring.datasource.url", "jdbc:h2:"));
  }

  private static Restore restore(Path target, Map<String, String> settings) {
    String url =
        settings.getOrDefault(
            "spring.datasource.url", "jdbc:h2:async:%s/database/hartonomous".formatted(target));
    String user = settings.getOrDefault("spring.datasource.username", "hartonomous");
    return new Restore(new DriverManagerDataSource(url, user, ""), DatabaseKind.of(url), target);
  }

  @ParameterizedTest
  @EnumSource(names = {"H2", "POSTGRESQL"})
  void restoredServerAnswersAsTheOldOne(DatabaseKind to) throws Exception {
    Path copy = folder.resolve("backup");
    Path target = Files.createDirectories(folder.resolve("restored"));
    Map<String, String> settings =
        to == DatabaseKind.H2 ? Map.of() : TestDatabase.postgresql(target);

    Manifest written = backup().write(copy, null);
    Manifest read = restore(target, settings).read(copy);

    assertThat(read).isEqualTo(written);
    assertThat(written.rows().get("model")).isEqualTo(2); // one of them deleted
    try (var restored = new TestServer(target, settings)) {
      for (String path : SHOWN) {
        assertThat(restored.get("ann", path).json()).isEqualTo(server.get("ann", path).json());
      }
      // Databases order the fields of JSON documents as they like.
      for (String part : List.of("", "/metadata", "/layers", "/components?limit=500", "/files")) {
        String path = "/v1/models/" + model + part;
        assertThat(restored.get("ann", path).status()).as(path).isEqualTo(200);
        assertThat(restored.get("ann", path).json()).isEqualTo(server.get("ann", path).json());
      }
      for (String file : List.of("model.safetensors", "config.json")) {
        String path = "/v1/models/" + model + "/files/" + file;
        assertThat(restored.get("ann", path).status()).as(path).isEqualTo(200);
        assertThat(restored.get("ann", path).body()).isEqualTo(server.get("ann", path).body());
      }
      assertThat(restored.get("bob", "/v1/models/" + model).status()).isEqualTo(404);
      assertThat(restored.delete("ann", "/v1/models/" + model).status()).isEqualTo(204);
    }
  }

  @Test
  void linksWhatThePreviousBackupHas() throws Exception {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    backup().write(first, null);

    Manifest written = backup().write(second, first);

    String[] content = Files.readAllLines(second.resolve(Backup.FILES)).getFirst().split(" ");
    Path place = Path.of("blobs", content[0].substring(0, 2), content[0]);
    assertThat(Files.isSameFile(first.resolve(place), second.resolve(place))).isTrue();
    assertThat(written.files()).isEqualTo(Files.readAllLines(first.resolve(Backup.FILES)).size());
  }

  @Test
  void runningServerBacksItselfUpForAdmins() throws Exception {
    assertThat(server.post("ann", "/v1/admin/backups", "").status()).isEqualTo(403);

    Answer made = asAdmin("POST");

    assertThat(made.status()).as(made.body()).isEqualTo(201);
    String name = made.json().get("name").asString();
    Path target = folder.resolve("restored");
    Manifest read = restore(target, Map.of()).read(backups.resolve(name));
    assertThat(read.rows().get("model")).isEqualTo(2);
    assertThat(asAdmin("GET").json())
        .extracting(backup -> backup.get("name").asString())
        .contains(name);
  }

  private static Answer asAdmin(String method) throws Exception {
    String token =
        TokenIssuer.open(data, Settings.fromEnvironment().tokens(), InstantSource.system())
            .issue("root", Set.of(Role.ADMIN), Duration.ofMinutes(1));
    return server.send(
        server
            .request("/v1/admin/backups")
            .method(method, BodyPublishers.noBody())
            .header("Authorization", "Bearer " + token));
  }

  @Test
  void refusesDamagedBackup() throws Exception {
    Path copy = folder.resolve("backup");
    backup().write(copy, null);
    String[] content = Files.readAllLines(copy.resolve(Backup.FILES)).getFirst().split(" ");
    Path blob = copy.resolve(Path.of("blobs", content[0].substring(0, 2), content[0]));
    Files.writeString(blob, "something else");
    Path target = folder.resolve("restored");

    assertThatThrownBy(() -> restore(target, Map.of()).read(copy))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void refusesBackupThatWasNotFinished() throws Exception {
    Path copy = folder.resolve("backup");
    backup().write(copy, null);
    Files.delete(copy.resolve(Backup.MANIFEST));

    assertThatThrownBy(() -> restore(folder.resolve("restored"), Map.of()).read(copy))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a complete backup");
  }

  @Test
  void overwritesNothing() throws Exception {
    Path copy = folder.resolve("backup");
    backup().write(copy, null);
    Path target = folder.resolve("restored");
    restore(target, Map.of()).read(copy);

    assertThatThrownBy(() -> restore(target, Map.of()).read(copy))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not empty");
    assertThatThrownBy(() -> backup().write(copy, null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not empty");
  }
}
