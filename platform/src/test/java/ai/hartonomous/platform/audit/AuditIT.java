package ai.hartonomous.platform.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.JsonNode;

class AuditIT {

  private final TestServer server = TestServer.shared();
  private final AuditRows rows = server.bean(AuditRows.class);
  private final String user = "u" + UUID.randomUUID();

  private Optional<String> fault() {
    var check = new AuditCheck(user);
    return rows.list(user, 0, 10_000).stream()
        .map(check::next)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private void append(int entries) {
    for (int i = 1; i <= entries; i++) {
      server.bean(Audit.class).append(user, "login", "from " + i);
    }
  }

  @Test
  void writesWhatWasChangedAndNotWhatWasRead() throws Exception {
    String key =
        server
            .post(user, "/v1/api-keys", "{\"name\":\"x\",\"scopes\":[\"read\"]}")
            .json()
            .get("id")
            .asString();
    server.get(user, "/v1/models");
    server.delete(user, "/v1/models/" + UUID.randomUUID()); // not there, so nothing changed
    String suite =
        server
            .send(
                user,
                "POST",
                "/v1/capabilities?name=tiny",
                BodyPublishers.ofString(
                    "{\"id\":\"a\",\"capability\":\"c\",\"prompt\":\"p\",\"answer\":\" a\"}\n"),
                "application/jsonl")
            .header("Location");
    server.delete(user, suite.replace("/v1/", "/%761/")); // another spelling of the same path
    server.delete(user, "/v1/api-keys/" + key);

    JsonNode entries = server.get(user, "/v1/audit").json().get("items");

    var actions = new ArrayList<String>();
    entries.forEach(entry -> actions.add(entry.get("action").asString()));
    assertThat(actions).containsExactly("key.create", "POST", "DELETE", "key.delete");
    assertThat(entries.get(1).get("target").asString()).contains(suite);
    assertThat(entries.get(2).get("target").asString()).contains("/capabilities/");
    assertThat(entries.get(1).get("actor").asString()).isEqualTo(user);
    assertThat(fault()).isEmpty();
  }

  @Test
  void showsUsersTheirOwnChainAlone() throws Exception {
    append(1);

    assertThat(server.get("other" + user, "/v1/audit").json().get("items")).isEmpty();
    assertThat(server.get(user, "/v1/admin/audit?user=" + user).status()).isEqualTo(403);
  }

  @Test
  void keepsOneChainWhenManyWriteOnTwoNodesAtOnce() throws Exception {
    // A second writer with a lock of its own, as another node has.
    var other = new Audit(rows, server.bean(PlatformTransactionManager.class));
    Audit own = server.bean(Audit.class);

    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Object>> work =
          IntStream.range(0, 100)
              .<Callable<Object>>mapToObj(
                  i ->
                      Executors.callable(
                          () -> (i % 2 == 0 ? own : other).append(user, "login", "" + i)))
              .toList();
      for (var done : pool.invokeAll(work)) {
        done.get();
      }
    }

    assertThat(rows.head(user).number()).isEqualTo(100);
    assertThat(fault()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update audit_entry set target = 'from 9' where user_id = ? and number = 2",
        "update audit_entry set actor = 'bob' where user_id = ? and number = 3",
        "update audit_entry set number = 9 where user_id = ? and number = 2",
        "delete from audit_entry where user_id = ? and number = 2",
        "delete from audit_entry where user_id = ? and number = 1",
        "update audit_entry set hash = previous where user_id = ? and number = 3",
      })
  void findsWhatWasDoneToAnEntry(String damage) {
    append(4);
    assertThat(fault()).isEmpty();

    server.bean(JdbcClient.class).sql(damage).param(user).update();

    assertThat(fault()).isPresent();
  }
}
