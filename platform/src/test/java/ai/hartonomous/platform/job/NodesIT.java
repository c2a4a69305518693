package ai.hartonomous.platform.job;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.job.PatientWorker.Wish;
import ai.hartonomous.platform.tenant.Tenant;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/// Two servers on one database, a real PostgreSQL.
class NodesIT {

  @TempDir private static Path data;

  private static TestServer one;
  private static TestServer two;

  @BeforeAll
  static void startTwo() throws Exception {
    var settings = new HashMap<>(TestDatabase.postgresql(data));
    settings.put("hartonomous.jobs.lease", "2s");
    settings.put("hartonomous.jobs.look", "100ms");
    settings.put("hartonomous.vectors.folder", data.resolve("index-1").toString());
    one = new TestServer(data, settings);
    settings.put("hartonomous.vectors.folder", data.resolve("index-2").toString());
    two = new TestServer(data, settings);
  }

  @AfterAll
  static void stopBoth() {
    one.close();
    two.close();
  }

  private static UUID submit(TestServer server, String user, String kind, Object wish) {
    var id = new AtomicReference<UUID>();
    Tenant.as(user, () -> id.set(server.bean(Jobs.class).submit(kind, wish).id()));
    return id.get();
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    while (!condition.call() && Instant.now().isBefore(deadline)) {
      Thread.sleep(20);
    }
    assertThat(condition.call()).isTrue();
  }

  private static JsonNode job(TestServer server, String user, UUID id) throws Exception {
    return server.get(user, "/v1/jobs/" + id).json();
  }

  private static boolean is(String user, UUID id, String state) throws Exception {
    return job(one, user, id).path("state").asString("").equals(state);
  }

  private static String node(UUID id) {
    return one.bean(JdbcTemplate.class)
        .queryForList("select node from job where id = ?", String.class, id)
        .getFirst();
  }

  @Test
  void eachNodeHasAName() {
    assertThat(one.bean(Node.class).name()).isNotEqualTo(two.bean(Node.class).name());
  }

  @Test
  void cancelReachesTheNodeThatWorks() throws Exception {
    UUID first = submit(one, "ann", PatientWorker.KIND, new Wish(1, "wait"));
    UUID second = submit(one, "bob", PatientWorker.KIND, new Wish(1, "wait"));
    await(() -> is("ann", first, "running") && is("bob", second, "running"));
    assertThat(node(first)).isNotEqualTo(node(second));

    one.delete("ann", "/v1/jobs/" + first);
    one.delete("bob", "/v1/jobs/" + second);

    await(() -> is("ann", first, "cancelled") && is("bob", second, "cancelled"));
  }

  @Test
  void eventsAreToldByWhicheverNode() throws Exception {
    List<UUID> jobs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      jobs.add(submit(one, "ann", PatientWorker.KIND, new Wish(3, "succeed")));
    }

    for (UUID job : jobs) {
      for (TestServer server : List.of(one, two)) {
        String body = server.get("ann", "/v1/jobs/" + job + "/events").body();
        assertThat(body.lines().filter(line -> line.startsWith("id: ")))
            .containsExactly("id: 1", "id: 2", "id: 3", "id: 4", "id: 5", "id: 6");
      }
    }
  }

  @Test
  void aRunThatLostItsJobStoresNothing() throws Exception {
    int effects = StubbornWorker.EFFECTS.get();
    int refused = StubbornWorker.REFUSED.get();
    int parts = StubbornWorker.PARTS.get();
    int refusedParts = StubbornWorker.REFUSED_PARTS.get();
    UUID id = submit(one, "ann", StubbornWorker.KIND, "");
    await(() -> StubbornWorker.PAUSES.containsKey(id));

    // What the other nodes see when this one does not renew its lease for long enough.
    one.bean(JdbcTemplate.class)
        .update("update job set lease_until = created, node = 'silent' where id = ?", id);
    await(() -> is("ann", id, "succeeded"));
    requireNonNull(StubbornWorker.PAUSES.get(id)).countDown();
    await(() -> StubbornWorker.REFUSED.get() > refused);

    assertThat(StubbornWorker.EFFECTS.get()).isEqualTo(effects + 1);
    assertThat(StubbornWorker.PARTS.get()).isEqualTo(parts + 1);
    assertThat(StubbornWorker.REFUSED_PARTS.get()).isEqualTo(refusedParts + 1);
    assertThat(job(two, "ann", id).at("/result").asInt()).isEqualTo(effects + 1);
  }

  @Test
  void aJobWhoseNodesDieFailsInTheEnd() throws Exception {
    UUID id = submit(one, "ann", PatientWorker.KIND, new Wish(1, "wait"));
    await(() -> is("ann", id, "running"));

    one.bean(JdbcTemplate.class)
        .update(
            "update job set takeovers = 10, lease_until = created, node = 'dead' where id = ?", id);

    await(() -> is("ann", id, "failed"));
    assertThat(job(one, "ann", id).get("failure").asString()).contains("lost 11 times");
  }

  @Test
  void everyUserGetsATurn() throws Exception {
    UUID first = submit(one, "crowd", PatientWorker.KIND, new Wish(1, "wait"));
    UUID second = submit(one, "crowd", PatientWorker.KIND, new Wish(1, "wait"));
    await(() -> is("crowd", first, "running") && is("crowd", second, "running"));
    List<UUID> many = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      many.add(submit(one, "crowd", PatientWorker.KIND, new Wish(1, "succeed")));
    }
    UUID single = submit(one, "single", PatientWorker.KIND, new Wish(1, "succeed"));

    one.delete("crowd", "/v1/jobs/" + first);
    one.delete("crowd", "/v1/jobs/" + second);
    await(() -> is("single", single, "succeeded"));
    Instant turn = Instant.parse(job(one, "single", single).get("started").asString());
    await(() -> is("crowd", many.getLast(), "succeeded"));

    int before = 0;
    for (UUID id : many) {
      Instant started = Instant.parse(job(one, "crowd", id).get("started").asString());
      before += started.isBefore(turn) ? 1 : 0;
    }
    assertThat(before).isLessThanOrEqualTo(1); // on the other node
  }
}
