package ai.hartonomous.platform.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.agent.AgentFixture;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A server that lets go of what nobody asks.
@Timeout(120)
class ScaleToZeroIT {

  @TempDir private Path data;

  @Test
  void anIdleAgentLeavesTheMemoryAndComesBackWhenAsked() throws Exception {
    var settings = new HashMap<>(TestDatabase.settings(data));
    settings.put("hartonomous.inference.idle", "200ms");
    try (var server = new TestServer(data, settings)) {
      UUID agent = AgentFixture.store(server, "ida", "letters", null);
      JsonNode deployment = server.post("ida", "/v1/agents/" + agent + "/deployments", "").json();
      String health = "/v1/deployments/" + deployment.get("id").asString() + "/health";

      awaitIdle(server, health);
      assertThat(server.get("ida", health).json().get("memoryBytes").asLong()).isZero();
      String body = "{\"model\":\"letters\",\"prompt\":\"a\",\"max_tokens\":1}";
      assertThat(server.post("ida", "/openai/v1/completions", body).status()).isEqualTo(200);
      awaitIdle(server, health);

      assertThat(server.get("other", health).status()).isEqualTo(404);
    }
  }

  private static void awaitIdle(TestServer server, String health) throws Exception {
    while (!server.get("ida", health).json().get("status").asString().equals("idle")) {
      Thread.sleep(20);
    }
  }
}
