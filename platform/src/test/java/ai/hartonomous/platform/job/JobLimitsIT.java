package ai.hartonomous.platform.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.job.HungryWorker.Hunger;
import ai.hartonomous.platform.job.PatientWorker.Wish;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.ProblemException;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/// A server that allows little.
class JobLimitsIT {

  @TempDir private static Path data;

  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    var settings = new HashMap<>(TestDatabase.settings(data));
    settings.put("hartonomous.jobs.look", "50ms");
    settings.put("hartonomous.jobs.concurrent", "3");
    settings.put("hartonomous.jobs.queued-per-user", "3");
    settings.put("hartonomous.jobs.memory", "1000B");
    settings.put("hartonomous.jobs.streams", "2");
    settings.put("hartonomous.jobs.keep", "10d");
    server = new TestServer(data, settings);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static UUID submit(String user, String kind, Object wish) {
    var id = new AtomicReference<UUID>();
    Tenant.as(user, () -> id.set(server.bean(Jobs.class).submit(kind, wish).id()));
    return id.get();
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    while (!condition.call() && Instant.now().isBefore(deadline)) {
      Thread.sleep(10);
    }
    assertThat(condition.call()).isTrue();
  }

  private static boolean is(String user, UUID id, String state) throws Exception {
    return server.get(user, "/v1/jobs/" + id).json().path("state").asString("").equals(state);
  }

  private static void cancel(String user, List<UUID> jobs) throws Exception {
    for (UUID job : jobs) {
      server.delete(user, "/v1/jobs/" + job);
    }
    for (UUID job : jobs) {
      await(() -> is(user, job, "cancelled"));
    }
  }

  @Test
  void refusesMoreWaitingJobsThanAUserMayHave() throws Exception {
    List<UUID> jobs = new ArrayList<>();
    for (int i = 0; i < 2; i++) { // as many of one user run at a time
      jobs.add(submit("ann", PatientWorker.KIND, new Wish(0, "wait")));
      UUID running = jobs.getLast();
      await(() -> is("ann", running, "running"));
    }
    for (int i = 0; i < 3; i++) {
      jobs.add(submit("ann", PatientWorker.KIND, new Wish(0, "wait")));
    }

    assertThatThrownBy(() -> submit("ann", PatientWorker.KIND, new Wish(0, "wait")))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(429));
    UUID others = submit("bob", PatientWorker.KIND, new Wish(0, "succeed"));
    await(() -> is("bob", others, "succeeded"));
    assertThat(server.get("ann", "/v1/jobs?state=queued").json().get("items")).hasSize(3);
    assertThat(server.get("ann", "/v1/jobs?state=queued,running").json().get("items")).hasSize(5);
    assertThat(server.get("ann", "/v1/jobs?kind=hungry&state=queued").json().get("items"))
        .isEmpty();
    await(() -> gauge("hartonomous.jobs.running") == 2);
    cancel("ann", jobs);
  }

  @Test
  void startsTheMoreUrgentOfAUsersJobsFirst() throws Exception {
    UUID first = submit("juno", HungryWorker.KIND, new Hunger(1000, 0));
    await(() -> is("juno", first, "running"));
    UUID second = submit("juno", HungryWorker.KIND, new Hunger(1000, 0));
    UUID third = submit("juno", HungryWorker.KIND, new Hunger(1000, 0));

    Answer urged = urge("juno", third, "{\"urgency\":1}");
    assertThat(urged.json().get("urgency").asInt()).isEqualTo(1);
    HungryWorker.LEAVE.release();
    await(() -> is("juno", third, "running"));

    assertThat(is("juno", second, "queued")).isTrue();
    assertThat(urge("juno", third, "{\"urgency\":0}").status()).isEqualTo(409);
    assertThat(urge("juno", second, "{\"urgency\":8}").status()).isEqualTo(400);
    assertThat(urge("kate", second, "{\"urgency\":0}").status()).isEqualTo(404);
    HungryWorker.LEAVE.release(2);
    await(() -> is("juno", second, "succeeded"));
  }

  private static Answer urge(String user, UUID id, String body) throws Exception {
    return server.send(
        user, "PATCH", "/v1/jobs/" + id, BodyPublishers.ofString(body), "application/json");
  }

  @Test
  void refusesAStateThatIsNone() throws Exception {
    Answer answer = server.get("ann", "/v1/jobs?state=tired");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo("state");
  }

  @Test
  void runsOnlyWhatFitsIntoMemory() throws Exception {
    UUID first = submit("cleo", HungryWorker.KIND, new Hunger(600, 0));
    await(() -> HungryWorker.EATING.get() == 1);
    UUID second = submit("dora", HungryWorker.KIND, new Hunger(600, 0));
    UUID small = submit("emma", HungryWorker.KIND, new Hunger(1, 0));
    UUID free = submit("cleo", PatientWorker.KIND, new Wish(0, "succeed"));

    Thread.sleep(300); // six looks at the queue
    assertThat(is("dora", second, "queued")).isTrue();
    assertThat(is("emma", small, "queued")).as("what comes later does not pass").isTrue();

    HungryWorker.LEAVE.release(3);
    await(() -> is("cleo", first, "succeeded") && is("dora", second, "succeeded"));
    await(() -> is("emma", small, "succeeded") && is("cleo", free, "succeeded"));
  }

  @Test
  void refusesWhatCouldNeverRun() {
    assertThatThrownBy(() -> submit("ann", HungryWorker.KIND, new Hunger(1001, 0)))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(422));
  }

  @Test
  void tellsOfProgressButNotOfEveryCrumb() throws Exception {
    UUID id = submit("fay", HungryWorker.KIND, new Hunger(0, 50_000));
    HungryWorker.LEAVE.release();
    await(() -> is("fay", id, "succeeded"));

    String events = server.get("fay", "/v1/jobs/" + id + "/events").body();

    long progress = events.lines().filter(line -> line.equals("event: progress")).count();
    assertThat(progress).isBetween(1L, 200L);
  }

  @Test
  void tellsOnlySoManyClientsAtATime() throws Exception {
    UUID id = submit("gina", PatientWorker.KIND, new Wish(0, "wait"));
    var client = HttpClient.newHttpClient();
    List<HttpResponse<Stream<String>>> open = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      open.add(
          client.send(
              server
                  .request("/v1/jobs/" + id + "/events")
                  .header("Authorization", "Bearer " + server.token("gina"))
                  .build(),
              BodyHandlers.ofLines()));
    }

    assertThat(server.get("gina", "/v1/jobs/" + id + "/events").status()).isEqualTo(429);

    cancel("gina", List.of(id));
    for (HttpResponse<Stream<String>> stream : open) {
      assertThat(stream.body().filter(line -> line.startsWith("data: ")).toList().getLast())
          .contains("\"cancelled\"");
    }
  }

  @Test
  void forgetsWhatEndedLongAgo() throws Exception {
    UUID old = submit("hana", PatientWorker.KIND, new Wish(1, "succeed"));
    UUID young = submit("hana", PatientWorker.KIND, new Wish(1, "succeed"));
    await(() -> is("hana", old, "succeeded") && is("hana", young, "succeeded"));
    Path left = data.resolve("work").resolve(old.toString());
    Files.createDirectories(left.resolve("1"));
    JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
    jdbc.update(
        "update job set ended = ? where id = ?",
        OffsetDateTime.now(ZoneOffset.UTC).minusDays(11),
        old);

    server.bean(JobRetention.class).clean();

    assertThat(server.get("hana", "/v1/jobs/" + old).status()).isEqualTo(404);
    assertThat(server.get("hana", "/v1/jobs/" + young).status()).isEqualTo(200);
    assertThat(
            jdbc.queryForList("select number from job_event where job_id = ?", Integer.class, old))
        .isEmpty();
    assertThat(left).doesNotExist();
  }

  @Test
  void countsWhatEnds() throws Exception {
    UUID id = submit("iris", PatientWorker.KIND, new Wish(0, "refuse"));
    await(() -> is("iris", id, "failed"));

    assertThat(
            server
                .bean(MeterRegistry.class)
                .get("hartonomous.jobs.duration")
                .tags("kind", PatientWorker.KIND, "state", "failed")
                .timer()
                .count())
        .isPositive();
    assertThat(gauge("hartonomous.jobs.oldest.waiting")).isNotNegative();
  }

  private static double gauge(String name) {
    return server.bean(MeterRegistry.class).get(name).gauge().value();
  }
}
