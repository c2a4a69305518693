package ai.hartonomous.platform.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.tenant.Columns;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/// Agents that are deployed by several requests at once.
class DeployedOnceIT {

  private static final TestServer SERVER = TestServer.shared();

  private final String user = "deployer-" + UUID.randomUUID().toString().substring(0, 8);
  private final UUID agent = AgentFixture.store(SERVER, user, "letters", null);
  private final String path = "/v1/agents/" + agent + "/deployments";

  private JsonNode deployments() throws Exception {
    return SERVER.get(user, "/v1/deployments").json().get("items");
  }

  @RepeatedTest(8)
  void requestsAtOnceLeaveOneDeployment() throws Exception {
    var together = new CyclicBarrier(2);
    List<Callable<Answer>> requests = new ArrayList<>();
    for (int i = 0; i < together.getParties(); i++) {
      requests.add(
          () -> {
            together.await();
            return SERVER.post(user, path, "{\"type\":\"local\"}");
          });
    }

    List<Answer> answers = new ArrayList<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> answer : executor.invokeAll(requests)) {
        answers.add(answer.get());
      }
    }

    assertThat(answers).extracting(Answer::status).containsExactly(201, 201);
    assertThat(deployments()).hasSize(1);
    String id = deployments().at("/0/id").asString();
    assertThat(answers).extracting(it -> it.json().get("id").asString()).containsOnly(id);
  }

  @Test
  void anAgentMayBeDeployedAgainWhenItIsNoLonger() throws Exception {
    for (int round = 0; round < 3; round++) {
      String id = SERVER.post(user, path, "").json().get("id").asString();
      assertThat(deployments()).hasSize(1);
      assertThat(SERVER.delete(user, "/v1/deployments/" + id).status()).isEqualTo(204);
      assertThat(deployments()).isEmpty();
    }
  }

  /// A deployment that the user does not see keeps the place of the agent.
  @Test
  void whatIsNoOtherRequestOfTheUserIsNotWaitedFor() throws Exception {
    JdbcClient jdbc = SERVER.bean(JdbcClient.class);
    var id = UUID.randomUUID();
    int made =
        jdbc.sql(
                "insert into deployment (id, user_id, created, updated, deleted, agent_id,"
                    + " deployment_type) values (?, ?, ?, ?, ?, ?, ?)")
            .params(id, user + "-other", Columns.now(), Columns.now(), false, agent, "LOCAL")
            .update();

    Answer answer = SERVER.post(user, path, "");

    assertThat(made).isEqualTo(1);
    assertThat(answer.status()).as(answer.body()).isEqualTo(409);
    jdbc.sql("delete from deployment where id = ?").param(id).update();
    assertThat(SERVER.post(user, path, "").status()).isEqualTo(201);
  }
}
