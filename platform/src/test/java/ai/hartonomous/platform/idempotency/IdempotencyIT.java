package ai.hartonomous.platform.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.tenant.Tenant;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyIT {

  private static final String IMPORT = "{\"name\":\"%s\",\"path\":\"idempotent\"}";

  private final TestServer server = TestServer.shared();

  /// New for every test, so that none sees the models of another.
  private final String user = "ida-" + UUID.randomUUID();

  @BeforeEach
  void writeCheckpoint() throws IOException {
    Path folder = server.data().resolve("imports/idempotent");
    if (!Files.exists(folder)) {
      HuggingFaceWriter.write(Tiny.llama(1), folder, Dtype.F32, null);
    }
  }

  private Answer send(String key, String body) throws Exception {
    return send(user, key, "/v1/models", body, "application/json");
  }

  private Answer send(String who, String key, String path, String body, String type)
      throws Exception {
    return server.send(
        server
            .request(path)
            .POST(BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + server.token(who))
            .header("Content-Type", type)
            .header("Idempotency-Key", key));
  }

  private int models() throws Exception {
    return server.get(user, "/v1/models").json().path("items").size();
  }

  @Test
  void doesTheSameRequestOnceAndAnswersItAgain() throws Exception {
    Answer first = send("\"key-1\"", IMPORT.formatted("m"));
    Answer second = send("\"key-1\"", IMPORT.formatted("m"));

    assertThat(first.status()).as(first.body()).isEqualTo(201);
    assertThat(first.header("Idempotency-Replayed")).isEmpty();
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.header("Location")).isEqualTo(first.header("Location"));
    assertThat(second.header("Content-Type")).isEqualTo(first.header("Content-Type"));
    assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(models()).isEqualTo(1);
  }

  @Test
  void refusesTheKeyForAnotherRequest() throws Exception {
    send("key", IMPORT.formatted("m"));

    Answer other = send("key", IMPORT.formatted("n"));

    assertThat(other.status()).isEqualTo(422);
    assertThat(other.json().path("type").asString()).endsWith("idempotency-key-reused");
    assertThat(models()).isEqualTo(1);
  }

  @Test
  void keepsTheKeysOfUsersApart() throws Exception {
    send("shared", IMPORT.formatted("m"));

    Answer others =
        send(user + "-b", "shared", "/v1/models", IMPORT.formatted("n"), "application/json");

    assertThat(others.status()).isEqualTo(201);
    assertThat(others.header("Idempotency-Replayed")).isEmpty();
  }

  @Test
  void answersAFailureAgainToo() throws Exception {
    Answer first = send("wrong", "{\"name\":\"m\",\"path\":\"nowhere\"}");
    Answer second = send("wrong", "{\"name\":\"m\",\"path\":\"nowhere\"}");

    assertThat(first.status()).isEqualTo(400);
    assertThat(second.status()).isEqualTo(400);
    assertThat(second.body()).isEqualTo(first.body());
  }

  @Test
  void letsOneOfManyAtOnceThrough() throws Exception {
    int clients = 12;
    var start = new CountDownLatch(1);
    List<Answer> answers = new ArrayList<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Answer> request =
          () -> {
            start.await();
            return send("race", IMPORT.formatted("m"));
          };
      List<Future<Answer>> futures = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        futures.add(executor.submit(request));
      }
      start.countDown();
      for (Future<Answer> future : futures) {
        answers.add(future.get());
      }
    }

    assertThat(answers).extracting(Answer::status).isSubsetOf(201, 409).contains(201);
    assertThat(models()).isEqualTo(1);
  }

  @Test
  void doesARequestAgainWhoseNodeDied() throws Exception {
    var answers = server.bean(StoredAnswers.class);
    var rows = server.bean(AnswerRows.class);
    var lost = new AtomicReference<StoredAnswers.Claim>();
    Tenant.as(user, () -> lost.set(answers.claim("lost", "request")));
    assertThat(lost.get()).isInstanceOf(StoredAnswers.Claim.Mine.class);

    Tenant.as(
        user,
        () -> {
          assertThat(answers.claim("lost", "request")).isInstanceOf(StoredAnswers.Claim.Busy.class);
          AnswerRow row = rows.findFirstByKeyHash("lost").orElseThrow();
          row.expires = Instant.now().minusSeconds(1);
          rows.save(row);
          assertThat(answers.claim("lost", "request")).isInstanceOf(StoredAnswers.Claim.Mine.class);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "\"\""})
  void refusesStrangeKeys(String key) throws Exception {
    assertThat(send(key, IMPORT.formatted("m")).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/api-keys",
        "/v1/%61pi-keys",
        "/%761/api-keys",
        "/v1/auth/password",
        "/v1/admin/users",
        "/v1/%61dmin/users"
      })
  void storesNoAnswersThatHoldSecrets(String path) throws Exception {
    Answer answer =
        server.send(
            server
                .request(path)
                .POST(BodyPublishers.ofString("{\"name\":\"x\",\"scopes\":[\"read\"]}"))
                .header("Authorization", "Bearer " + server.adminToken("ida"))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "secret"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo("Idempotency-Key");
  }

  @Test
  void refusesKeysOfUploads() throws Exception {
    Answer answer = send(user, "k", "/v1/corpora?name=c", "text", "text/plain");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo("Idempotency-Key");
  }

  @Test
  void refusesBodyAboveTheLimit() throws Exception {
    assertThat(send("large", "{\"name\":\"" + "x".repeat(1_100_000) + "\"}").status())
        .isEqualTo(413);
  }
}
