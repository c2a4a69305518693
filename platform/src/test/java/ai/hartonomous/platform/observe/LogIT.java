package ai.hartonomous.platform.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.logging.LoggingSystem;
import tools.jackson.databind.JsonNode;

/// Has a server of its own: a process has one log, that of its first server until one is closed.
class LogIT {

  private static TestServer server;

  @BeforeAll
  static void start(@TempDir Path data) throws IOException {
    LoggingSystem.get(LogIT.class.getClassLoader()).cleanUp();
    server = new TestServer(data);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static List<String> lines() throws IOException {
    return Files.readAllLines(server.data().resolve("logs/server.log"));
  }

  private static List<JsonNode> linesWith(String field, String value) throws IOException {
    return lines().stream()
        .map(TestServer::parse)
        .filter(line -> line.path(field).asString("").equals(value))
        .toList();
  }

  private static Answer broken(String id) throws Exception {
    return server.send(
        server
            .request("/v1/broken")
            .header("Authorization", "Bearer " + server.token("lotte"))
            .header("X-Request-Id", id));
  }

  @Test
  void everyLineOfARequestHasItsId() throws Exception {
    String id = "log-" + UUID.randomUUID();

    Answer answer = broken(id);

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("inner detail");
    List<JsonNode> caused = linesWith("requestId", id);
    assertThat(caused)
        .extracting(line -> line.path("message").asString())
        .anyMatch("about to fail"::equals)
        .anyMatch(message -> message.startsWith("failure "));
    assertThat(caused).allMatch(line -> line.has("@timestamp") && line.has("log"));
  }

  @Test
  void neverHasSecretsOrPrompts() throws Exception {
    String secret = "mauve" + UUID.randomUUID().toString().replace("-", "");
    String token = server.token("lotte");
    String agent = "agent-" + UUID.randomUUID();
    var id = AgentFixture.store(server, "lotte", agent, null);
    server.post("lotte", "/v1/agents/" + id + "/deployments", "{}");

    String completion = "{\"model\":\"%s\",\"prompt\":\"a %s b\",\"max_tokens\":2}";
    server.post("lotte", "/openai/v1/completions", completion.formatted(agent, secret));
    server.post("lotte", "/openai/v1/completions", completion.formatted(secret, secret));
    String chat =
        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
            .formatted(agent, secret);
    server.post("lotte", "/openai/v1/chat/completions", chat);
    server.post("lotte", "/v1/agents", "{\"name\":\"" + secret + "\",\"" + secret + "\":1");
    server.post("lotte", "/v1/agents", "{\"" + secret + "\":{\"x\":\"" + secret + "\"}}");
    server.get("lotte", "/v1/models?cursor=" + secret);
    server.get("lotte", "/v1/models/" + secret);
    server.send(
        "lotte", "POST", "/v1/capabilities?name=s", BodyPublishers.ofString(secret), "x/" + secret);
    server.send(server.request("/v1/jobs").header("Authorization", "Bearer " + secret));
    broken("after-" + secret.substring(0, 8));

    assertThat(String.join("\n", lines())).contains("after-mauve");
    assertThat(lines())
        .noneMatch(line -> line.contains(secret))
        .noneMatch(it -> it.contains(token));
  }
}
