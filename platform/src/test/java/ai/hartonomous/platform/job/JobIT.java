package ai.hartonomous.platform.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.job.PatientWorker.Wish;
import ai.hartonomous.platform.tenant.Tenant;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class JobIT {

  private final TestServer server = TestServer.shared();

  private static UUID submit(TestServer server, String user, Wish wish) {
    var id = new AtomicReference<UUID>();
    Tenant.as(user, () -> id.set(server.bean(Jobs.class).submit(PatientWorker.KIND, wish).id()));
    return id.get();
  }

  private static JsonNode await(TestServer server, String user, UUID id, String state)
      throws Exception {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    JsonNode job = server.get(user, "/v1/jobs/" + id).json();
    while (!job.get("state").asString().equals(state) && Instant.now().isBefore(deadline)) {
      Thread.sleep(50);
      job = server.get(user, "/v1/jobs/" + id).json();
    }
    assertThat(job.get("state").asString()).isEqualTo(state);
    return job;
  }

  private List<String> events(String user, UUID id, String lastEvent) throws Exception {
    Answer answer =
        server.send(
            server
                .request("/v1/jobs/" + id + "/events")
                .header("Authorization", "Bearer " + server.token(user))
                .header("Last-Event-ID", lastEvent));
    assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
    return answer.body().lines().filter(line -> line.startsWith("id: ")).toList();
  }

  @Test
  void keepsTheResult() throws Exception {
    UUID id = submit(server, "ann", new Wish(3, "succeed"));

    JsonNode job = await(server, "ann", id, "succeeded");

    assertThat(job.at("/result/steps").asInt()).isEqualTo(3);
    assertThat(job.get("progress").asDouble()).isEqualTo(1);
  }

  @Test
  void keepsTheReasonOfAFailure() throws Exception {
    UUID id = submit(server, "ann", new Wish(0, "refuse"));

    assertThat(await(server, "ann", id, "failed").get("failure").asString())
        .isEqualTo("did not want to");
  }

  @Test
  void tellsWhatIsWrongWithAFileButNotWhereItLies() throws Exception {
    UUID id = submit(server, "ann", new Wish(0, "lose"));

    assertThat(await(server, "ann", id, "failed").get("failure").asString())
        .isEqualTo("weights.bin at byte 0: disk on fire");
  }

  @Test
  void tellsNoDetailOfADefect() throws Exception {
    UUID id = submit(server, "ann", new Wish(0, "break"));

    assertThat(await(server, "ann", id, "failed").get("failure").asString())
        .doesNotContain("secret");
  }

  @Test
  void streamsEveryEventOnceAndInOrder() throws Exception {
    UUID id = submit(server, "ann", new Wish(3, "succeed"));

    // queued, running, three steps, succeeded
    assertThat(events("ann", id, "0"))
        .containsExactly("id: 1", "id: 2", "id: 3", "id: 4", "id: 5", "id: 6");
  }

  @Test
  void resumesTheStreamAfterTheLastEvent() throws Exception {
    UUID id = submit(server, "ann", new Wish(3, "succeed"));
    await(server, "ann", id, "succeeded");

    assertThat(events("ann", id, "4")).containsExactly("id: 5", "id: 6");
  }

  @Test
  void cancelsRunningJob() throws Exception {
    UUID id = submit(server, "ann", new Wish(1, "wait"));
    await(server, "ann", id, "running");

    assertThat(server.delete("ann", "/v1/jobs/" + id).status()).isEqualTo(202);

    await(server, "ann", id, "cancelled");
  }

  @Test
  void cancelsQueuedJobAtOnce() throws Exception {
    UUID running = submit(server, "ann", new Wish(1, "wait"));
    await(server, "ann", running, "running");
    UUID queued = submit(server, "ann", new Wish(1, "succeed"));

    Answer answer = server.delete("ann", "/v1/jobs/" + queued);

    assertThat(answer.json().get("state").asString()).isEqualTo("cancelled");
    server.delete("ann", "/v1/jobs/" + running);
    await(server, "ann", running, "cancelled");
  }

  @Test
  void leavesEndedJobAsItIs() throws Exception {
    UUID id = submit(server, "ann", new Wish(1, "succeed"));
    await(server, "ann", id, "succeeded");

    assertThat(server.delete("ann", "/v1/jobs/" + id).json().get("state").asString())
        .isEqualTo("succeeded");
  }

  @Test
  void hidesJobsOfOthers() throws Exception {
    UUID id = submit(server, "ann", new Wish(1, "succeed"));

    assertThat(server.get("bob", "/v1/jobs/" + id).status()).isEqualTo(404);
    assertThat(server.get("bob", "/v1/jobs/" + id + "/events").status()).isEqualTo(404);
    assertThat(server.delete("bob", "/v1/jobs/" + id).status()).isEqualTo(404);
    assertThat(server.get("bob", "/v1/jobs").json().get("items")).isEmpty();
  }

  @Test
  void refusesIdThatIsNone() throws Exception {
    Answer answer = server.get("ann", "/v1/jobs/no-id");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo("id");
  }

  @Test
  void runsUnfinishedJobAgainAfterRestart(@TempDir Path data) throws Exception {
    UUID id;
    CompletableFuture<HttpResponse<String>> stream;
    try (var first = new TestServer(data)) {
      id = submit(first, "ann", new Wish(1, "wait"));
      await(first, "ann", id, "running");
      stream =
          HttpClient.newHttpClient()
              .sendAsync(
                  first
                      .request("/v1/jobs/" + id + "/events")
                      .header("Authorization", "Bearer " + first.token("ann"))
                      .build(),
                  BodyHandlers.ofString());
      Thread.sleep(200); // the stream stands, or the answer below has no events
    }
    assertThat(stream.get(10, TimeUnit.SECONDS).body()).contains("id: 2").doesNotContain("ended");
    int startsBefore = PatientWorker.STARTS.get();

    try (var second = new TestServer(data)) {
      Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
      while (PatientWorker.STARTS.get() == startsBefore && Instant.now().isBefore(deadline)) {
        Thread.sleep(50);
      }

      assertThat(PatientWorker.STARTS.get()).isEqualTo(startsBefore + 1);
      await(second, "ann", id, "running");
      second.delete("ann", "/v1/jobs/" + id);
      await(second, "ann", id, "cancelled");
    }
  }
}
