package ai.hartonomous.platform.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.inference.WriterAgent;
import ai.hartonomous.platform.market.MarketFixture;
import ai.hartonomous.platform.market.MarketFixture.Said;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a server tells of the load of its workers.
@Timeout(120)
class WorkerMetricsIT {

  private static final TestServer SERVER = TestServer.shared();

  private final String user = "gauger-" + UUID.randomUUID().toString().substring(0, 8);

  private String deployed() throws Exception {
    UUID agent =
        AgentFixture.storeContent(
            SERVER,
            user,
            "there",
            folder -> {
              WriterAgent.write(folder, "");
              MarketFixture.seal(folder, Said.good("ann", 1));
            });
    Answer made =
        SERVER.post(user, "/v1/agents/" + agent + "/deployments", "{\"type\":\"worker\"}");
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return "/v1/deployments/" + made.json().get("id").asString();
  }

  private static double gauge(String name) {
    return SERVER.bean(MeterRegistry.class).get("hartonomous.workers." + name).gauge().value();
  }

  @Test
  void tellWhatWorkersHaveToDo() throws Exception {
    String deployment = deployed();
    String answers = "\"prompt\":\"x\",\"max_tokens\":1000,\"n\":16,\"seed\":1";
    try (var stream = new Events(SERVER, user, "there", answers)) {
      stream.next();

      assertThat(gauge("num.requests.running")).isBetween(1.0, 16.0);
      assertThat(gauge("kv.cache.usage.perc")).isGreaterThan(0).isLessThanOrEqualTo(1);
    }

    while (gauge("num.requests.running") > 0) {
      Thread.sleep(50);
    }
    assertThat(gauge("num.requests.waiting")).isZero();
    assertThat(gauge("kv.cache.usage.perc")).isZero();
    assertThat(SERVER.delete(user, deployment).status()).isEqualTo(204);
    Thread.sleep(600); // a look is worth half a second
    assertThat(gauge("kv.cache.kept.perc")).isZero();
  }
}
