package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.audit.Audit;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class AdminCommandsIT extends CommandFixture {

  private final TestServer server = TestServer.shared();
  private final String user = "u" + UUID.randomUUID();

  private int runAtServer(String... arguments) {
    var all = new ArrayList<>(List.of(arguments));
    all.addAll(
        List.of(
            "--data",
            server.data().toString(),
            "--url",
            server.request("/").build().uri().toString()));
    return run(all);
  }

  @Test
  void madeUserCanLogIn() throws Exception {
    assertThat(runAtServer("user", "add", "--name", user, "--role", "publisher", "--json"))
        .as(err)
        .isZero();

    JsonNode made = TestServer.parse(out);
    assertThat(made.get("roles").get(0).asString()).isEqualTo("publisher");
    var login =
        server.send(
            server
                .request("/v1/auth/token")
                .POST(
                    BodyPublishers.ofString(
                        "grant_type=password&username=%s&password=%s"
                            .formatted(user, made.get("password").asString())))
                .header("Content-Type", "application/x-www-form-urlencoded"));
    assertThat(login.status()).isEqualTo(200);
  }

  @Test
  void saysWhyAUserIsNotMade() {
    runAtServer("user", "add", "--name", user, "--service");

    assertThat(runAtServer("user", "add", "--name", user, "--service")).isEqualTo(1);
    assertThat(err).contains("409");
  }

  @Test
  void verifiesChainsAndFindsTheFlippedRow() {
    for (int i = 0; i < 3; i++) {
      server.bean(Audit.class).append(user, "login", "from " + i);
    }
    assertThat(runAtServer("audit", "verify", "--user", user)).as(err).isZero();
    String head = out.strip().split(" ")[1];
    assertThat(head).startsWith("3:");
    assertThat(runAtServer("audit", "verify", "--user", user, "--expect", head)).isZero();

    server
        .bean(JdbcClient.class)
        .sql("delete from audit_entry where user_id = ? and number = 3")
        .param(user)
        .update();
    assertThat(runAtServer("audit", "verify", "--user", user)).isZero(); // a cut end shows only...
    assertThat(runAtServer("audit", "verify", "--user", user, "--expect", head)).isEqualTo(1);

    server
        .bean(JdbcClient.class)
        .sql("update audit_entry set target = 'elsewhere' where user_id = ? and number = 2")
        .param(user)
        .update();
    assertThat(runAtServer("audit", "verify", "--user", user)).isEqualTo(1);
    assertThat(err).contains("entry 2 was changed");
  }
}
