package ai.hartonomous.platform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.store.Folders.Binary;
import ai.hartonomous.platform.tenant.Tenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class ScrubberIT {

  @TempDir private static Path data;
  private static TestServer server;
  private static StoreLayout layout;

  @TempDir private Path folder;
  private int seed;

  @BeforeAll
  static void start() throws IOException {
    server = new TestServer(data);
    layout = server.bean(StoreLayout.class);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void clean() throws Exception {
    for (var model : server.get("ann", "/v1/models?limit=500").json().get("items")) {
      server.delete("ann", "/v1/models/" + model.get("id").asString());
    }
  }

  private UUID uploaded() throws Exception {
    Path checkpoint = folder.resolve("model" + ++seed);
    HuggingFaceWriter.write(Tiny.llama(1), checkpoint, Dtype.F32, null);
    Answer answer =
        server.send(
            "ann",
            "POST",
            "/v1/models?name=scrubbed",
            BodyPublishers.ofByteArray(Tars.of(checkpoint)),
            "application/x-tar");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return UUID.fromString(answer.json().get("id").asString());
  }

  private static Scrubber scrubber() {
    return new Scrubber(server.bean(DataSource.class), layout, Duration.ZERO);
  }

  private static Binary weights(UUID model) {
    var found = new Binary[1];
    Tenant.as(
        "ann",
        () -> found[0] = server.bean(Folders.class).file(model, "model.safetensors").orElseThrow());
    return found[0];
  }

  private static Path file(UUID model) {
    return layout.folder(model).resolve("model.safetensors");
  }

  /// Changes one byte of the content that a file shares with its blob.
  private static void rot(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void findsNothingWrongInASoundStore() throws Exception {
    uploaded();
    uploaded();

    var report = scrubber().scrub();

    assertThat(report.sound()).isTrue();
    assertThat(report.files()).isEqualTo(4);
    assertThat(report.relinked() + report.folders() + report.blobs()).isZero();
  }

  @Test
  void reportsRottenContentAndServesItToNobody() throws Exception {
    UUID model = uploaded();
    rot(file(model));

    var report = scrubber().scrub();

    assertThat(report.rotten())
        .containsExactly(new Scrubber.Finding(model, "model.safetensors", weights(model).sha256()));
    Answer answer = server.get("ann", "/v1/models/%s/files/model.safetensors".formatted(model));
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.json().get("type").asString()).endsWith("damaged-file");
  }

  @Test
  void healsRottenContentWhenItComesAgain() throws Exception {
    UUID damaged = uploaded();
    rot(file(damaged));
    scrubber().scrub();
    uploaded();

    var report = scrubber().scrub();

    assertThat(report.sound()).isTrue();
    assertThat(report.relinked()).isEqualTo(1);
    assertThat(
            server.get("ann", "/v1/models/%s/files/model.safetensors".formatted(damaged)).status())
        .isEqualTo(200);
  }

  private interface Work {
    void run(Folders folders) throws IOException;
  }

  private static void asAnn(Work work) {
    Tenant.as(
        "ann",
        () -> {
          try {
            work.run(server.bean(Folders.class));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /// Keeps a folder of one file.
  private static void keep(UUID id, Runnable store) {
    asAnn(
        folders -> {
          Path written = folders.create();
          Files.writeString(written.resolve("a.txt"), id.toString());
          folders.keep(id, written, _ -> store.run());
        });
  }

  @Test
  void keepsTheFilesOfRowsThatWereCommitted() throws Exception {
    UUID id = UUID.randomUUID();
    var failure =
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            throw new IllegalStateException("after the commit");
          }
        };

    assertThatThrownBy(
            () ->
                keep(id, () -> TransactionSynchronizationManager.registerSynchronization(failure)))
        .hasMessage("after the commit");

    assertThat(layout.folder(id).resolve("a.txt")).exists();
    assertThat(scrubber().scrub().sound()).isTrue();
    asAnn(folders -> folders.remove(id, () -> {}));
    assertThat(layout.folder(id)).doesNotExist();
  }

  @Test
  void keepsNothingWhereItsRowsAreRefused() throws Exception {
    UUID id = UUID.randomUUID();
    Runnable refusal =
        () -> {
          throw new IllegalStateException("before the commit");
        };

    assertThatThrownBy(() -> keep(id, refusal)).hasMessage("before the commit");

    assertThat(layout.folder(id)).doesNotExist();
    var report = scrubber().scrub();
    assertThat(report.folders() + report.blobs()).isZero();
  }

  @Test
  void reportsMissingFiles() throws Exception {
    UUID model = uploaded();
    Files.delete(layout.blob(weights(model).sha256()));
    Files.delete(file(model));

    assertThat(scrubber().scrub().missing())
        .containsExactly(new Scrubber.Finding(model, "model.safetensors", weights(model).sha256()));
  }

  @Test
  void givesFilesTheirContentBack() throws Exception {
    UUID first = uploaded();
    UUID second = uploaded();
    Files.delete(file(first));
    Files.delete(layout.blob(weights(second).sha256()));
    Files.delete(layout.folder(second).resolve("config.json"));

    var report = scrubber().scrub();

    // The weights live on in the second folder, the configuration in its blob and the first folder.
    assertThat(report.missing()).hasSize(1);
    assertThat(report.relinked()).isEqualTo(2);
    var again = scrubber().scrub();
    assertThat(again.sound()).isTrue();
    assertThat(file(first)).hasSameBinaryContentAs(file(second));
  }

  @Test
  void takesAwayWhatACrashLeftOver() throws Exception {
    UUID kept = uploaded();
    Path orphan = Files.createDirectories(layout.folder(UUID.randomUUID()));
    Path file = Files.writeString(orphan.resolve("x"), "left over");
    layout.link(file, "ab".repeat(32));
    Files.createDirectories(layout.incoming().resolve("upload"));

    int removed = scrubber().sweep();

    assertThat(removed).isEqualTo(3);
    assertThat(orphan).doesNotExist();
    assertThat(layout.blob("ab".repeat(32))).doesNotExist();
    assertThat(file(kept)).exists();
  }

  @Test
  void leavesTheYoungAlone() throws Exception {
    Path orphan = Files.createDirectories(layout.folder(UUID.randomUUID()));

    new Scrubber(server.bean(DataSource.class), layout, Duration.ofHours(1)).sweep();

    assertThat(orphan).exists();
    Files.delete(orphan);
  }
}
