package ai.hartonomous.platform.market;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.store.Folders;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An agent that was really distilled, from a tiny model that knows nothing: what is tested is that
/// the marketplace reads the manifests that the engine writes.
class MarketPublishIT {

  private static final TestServer SERVER = TestServer.shared();
  private static final JsonMapper JSON = JsonMapper.shared();

  private final String user = "real-" + UUID.randomUUID().toString().substring(0, 8);

  private JsonNode distilled(Path folder) throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), folder, Dtype.F32, null);
    String[] words = AgentFixture.WORDS.split(" ");
    Files.writeString(
        folder.resolve("vocab.json"), JSON.writeValueAsString(Map.of("tokens", words)));
    Files.writeString(
        folder.resolve("README.md"), "---\nlicense: mit\nowner: Nobody\n---\n# Tiny\n");
    Answer model =
        SERVER.send(
            user,
            "POST",
            "/v1/models?name=tiny",
            BodyPublishers.ofByteArray(Tars.of(folder)),
            "application/x-tar");
    SERVER.send(
        user,
        "POST",
        "/v1/capabilities?name=echo",
        BodyPublishers.ofString(suite(words)),
        "application/jsonl");
    String wish =
        JSON.writeValueAsString(
            Map.of(
                "name",
                "echo",
                "domain",
                "tests",
                "sourceModelIds",
                List.of(model.json().get("id").asString()),
                "requiredCapabilities",
                List.of("echo"),
                "maxComponents",
                100,
                "performanceThreshold",
                0));
    return made(wish);
  }

  private static String suite(String... words) {
    var suite = new StringBuilder();
    for (int i = 0; i < words.length; i++) {
      suite.append(
          JSON.writeValueAsString(
              Map.of(
                  "id", "i" + i,
                  "capability", "echo",
                  "prompt", words[i] + " " + words[words.length - 1],
                  "answer", " " + words[i],
                  "split", i % 2 == 0 ? "calibration" : "held_out")));
      suite.append('\n');
    }
    return suite.toString();
  }

  private JsonNode made(String wish) throws Exception {
    Answer made =
        SERVER.send(
            SERVER
                .request("/v1/agents")
                .header("Authorization", "Bearer " + SERVER.token(user))
                .header("Content-Type", "application/json")
                .header("Prefer", "wait=30")
                .POST(BodyPublishers.ofString(wish)));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.json();
  }

  @Test
  void publishesWhatTheManifestSaysUntilAFileDiffers(@TempDir Path folder) throws Exception {
    JsonNode agent = distilled(folder);
    UUID id = UUID.fromString(agent.get("id").asString());
    MarketFixture.publisher(SERVER, user);

    Answer listed = MarketFixture.publish(SERVER, user, id, "echo", "open", "1");

    assertThat(listed.status()).as(listed.body()).isEqualTo(201);
    JsonNode listing = listed.json();
    assertThat(listing.get("licence").asString()).isEqualTo("mit");
    JsonNode figures = listing.get("figures");
    assertThat(figures.get("parameters").asLong())
        .isEqualTo(agent.at("/report/agent/parameters").asLong())
        .isPositive();
    assertThat(figures.at("/architectures/0").asString()).isEqualTo("llama");
    JsonNode echo = figures.at("/capabilities/0");
    JsonNode measured = agent.at("/report/retention/0");
    assertThat(echo.get("capability")).isEqualTo(measured.get("capability"));
    assertThat(echo.get("agent").asDouble()).isEqualTo(measured.at("/agent/value").asDouble());
    assertThat(echo.get("items")).isEqualTo(measured.get("items"));

    Files.writeString(SERVER.bean(Folders.class).of(id).resolve("more.txt"), "x");
    Answer refused = MarketFixture.publish(SERVER, user, id, "again", "open", "1");
    assertThat(refused.status()).as(refused.body()).isEqualTo(422);
    assertThat(refused.json().get("detail").asString()).contains("more.txt");
  }
}
