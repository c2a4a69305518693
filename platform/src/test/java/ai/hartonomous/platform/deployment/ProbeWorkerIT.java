package ai.hartonomous.platform.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.inference.WriterAgent;
import ai.hartonomous.platform.market.MarketFixture;
import ai.hartonomous.platform.market.MarketFixture.Said;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// A worker that measures its agent on the probe texts.
@Timeout(180)
class ProbeWorkerIT {

  private static final TestServer SERVER = TestServer.shared();
  private static final String USER = "pru" + UUID.randomUUID();

  private static void write(Path to) throws IOException {
    WriterAgent.write(to, "");
    MarketFixture.seal(to, Said.good("pru", 0.7));
  }

  private static String deploy(String name, String type) throws Exception {
    UUID agent = AgentFixture.storeContent(SERVER, USER, name, ProbeWorkerIT::write);
    String path = "/v1/agents/" + agent + "/deployments";
    Answer answer = SERVER.post(USER, path, "{\"type\":\"%s\"}".formatted(type));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().get("id").asString();
  }

  private static Answer embed(String model, String text) throws Exception {
    return embed(model, text, "");
  }

  private static Answer embed(String model, String text, String more) throws Exception {
    return SERVER.post(
        USER,
        "/openai/v1/embeddings",
        "{\"model\":\"%s\",\"input\":\"%s\",\"hartonomous\":{\"space\":\"probe\"}%s}"
            .formatted(model, text, more));
  }

  private static long measured() {
    return SERVER.bean(MeterRegistry.class).get("hartonomous.probe.measuring.time").timer().count();
  }

  private static List<Path> kept(String manifest) throws IOException {
    Path probes = SERVER.data().resolve("probes");
    try (Stream<Path> found = Files.list(probes)) {
      return found.filter(it -> it.getFileName().toString().startsWith(manifest)).toList();
    }
  }

  /// The server reads what the worker kept: both have the agent of one manifest.
  @Test
  void measuresOnceForAllAndKeepsItInTheDataFolder() throws Exception {
    long before = measured();
    String deployment = deploy("away", "worker");
    deploy("near", "local");

    Answer empty = embed("away", "");
    Answer away = embed("away", "one");

    assertThat(empty.status()).isEqualTo(400);
    assertThat(away.status()).as(away.body()).isEqualTo(200);
    assertThat(away.json().at("/data/0/embedding")).hasSize(1536);
    List<Path> kept = kept(away.header("Hartonomous-Manifest"));
    assertThat(kept).hasSize(1);
    Path names = kept.getFirst().resolve("probe.json");
    FileTime written = Files.getLastModifiedTime(names);

    Answer near = embed("near", "one");

    assertThat(near.json().get("data")).isEqualTo(away.json().get("data"));
    assertThat(measured()).as("in the server").isEqualTo(before);
    assertThat(Files.getLastModifiedTime(names)).isEqualTo(written);
    String more = ",\"encoding_format\":\"base64\",\"dimensions\":900";
    assertThat(embed("away", "two", more).json().get("data"))
        .isEqualTo(embed("near", "two", more).json().get("data"));
    for (JsonNode event : SERVER.get(USER, "/v1/usage").json().get("items")) {
      assertThat(event.at("/data/inputTokens").asLong()).isEqualTo(3);
    }
    SERVER.delete(USER, "/v1/deployments/" + deployment);
  }
}
