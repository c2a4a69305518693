package ai.hartonomous.platform.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ResumeIT {
  private static final String USER = "ann";
  private static final String[] WORDS = AgentFixture.WORDS.split(" ");

  @TempDir private Path data;
  @TempDir private Path files;

  @Test
  void aServerThatStopsLosesNoDistillation() throws Exception {
    String stopped;
    try (var first = new TestServer(data)) {
      upload(first);
      stopped = submit(first, "resumed");
      await(first, stopped, job -> job.path("stage").asString("").equals("heal"));
    }
    Path work = data.resolve("work").resolve(stopped);
    assertThat(work.resolve("1").resolve("request.stage")).exists();

    try (var second = new TestServer(data)) {
      JsonNode ended = await(second, stopped, ResumeIT::hasEnded);
      assertThat(ended.at("/details/search")).isEqualTo(ended.at("/result/report/search"));
      assertThat(ended.at("/details/search/0/components").asInt()).isPositive();
      String undisturbed = submit(second, "undisturbed");
      await(second, undisturbed, ResumeIT::hasEnded);

      assertThat(agent(second, stopped)).isEqualTo(agent(second, undisturbed));
      assertThat(work).doesNotExist();
    }
  }

  @Test
  void aCancelledDistillationKeepsNothing() throws Exception {
    try (var server = new TestServer(data)) {
      upload(server);
      String id = submit(server, "cancelled");
      await(server, id, job -> job.path("stage").asString("").equals("heal"));
      assertThat(data.resolve("work").resolve(id)).isDirectory();

      server.delete(USER, "/v1/jobs/" + id);

      JsonNode ended = await(server, id, ResumeIT::hasEnded);
      assertThat(ended.get("state").asString()).isEqualTo("cancelled");
      Instant deadline = Instant.now().plus(Duration.ofSeconds(10));
      Path work = data.resolve("work");
      while (!isEmpty(work) && Instant.now().isBefore(deadline)) {
        Thread.sleep(20); // the job is cancelled a moment before its work is removed
      }
      assertThat(work).isEmptyDirectory();
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private static boolean hasEnded(JsonNode job) {
    return job.hasNonNull("ended");
  }

  private void upload(TestServer server) throws Exception {
    Path folder = files.resolve("tiny");
    HuggingFaceWriter.write(Tiny.llama(1), folder, Dtype.F32, null);
    Files.writeString(
        folder.resolve("vocab.json"), new JsonMapper().writeValueAsString(Map.of("tokens", WORDS)));
    server.send(
        USER,
        "POST",
        "/v1/models?name=tiny",
        BodyPublishers.ofByteArray(Tars.of(folder)),
        "application/x-tar");
    server.send(
        USER,
        "POST",
        "/v1/capabilities?name=words",
        BodyPublishers.ofString(suite()),
        "application/jsonl");
  }

  private static String suite() {
    var random = new SplittableRandom(1);
    var lines = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      String prompt = word(random) + " " + word(random) + " " + word(random);
      String answer = " " + word(random) + " " + WORDS[0];
      lines.append(
          "{\"id\":\"%d\",\"capability\":\"words\",\"prompt\":\"%s\",\"answer\":\"%s\"}%n"
              .formatted(i, prompt, answer));
    }
    return lines.toString();
  }

  private static String word(SplittableRandom random) {
    return WORDS[random.nextInt(WORDS.length)];
  }

  private static String submit(TestServer server, String name) throws Exception {
    String model = server.get(USER, "/v1/models").json().at("/items/0/id").asString();
    String request =
        """
        {"name":"%s","domain":"d","sourceModelIds":["%s"],"requiredCapabilities":["words"],\
        "maxComponents":100,"performanceThreshold":0}\
        """
            .formatted(name, model);
    return server
        .send(
            server
                .request("/v1/agents")
                .header("Authorization", "Bearer " + server.token(USER))
                .header("Content-Type", "application/json")
                .header("Prefer", "respond-async")
                .POST(BodyPublishers.ofString(request)))
        .json()
        .get("id")
        .asString();
  }

  private static JsonNode await(TestServer server, String id, Predicate<JsonNode> until)
      throws Exception {
    Instant deadline = Instant.now().plus(Duration.ofMinutes(5));
    JsonNode job = server.get(USER, "/v1/jobs/" + id).json();
    while (!until.test(job) && !hasEnded(job) && Instant.now().isBefore(deadline)) {
      Thread.sleep(10);
      job = server.get(USER, "/v1/jobs/" + id).json();
    }
    assertThat(until.test(job)).as(job.toString()).isTrue();
    return job;
  }

  /// {@return the files of the agent that a job made, without the times they were made at}
  private Map<String, String> agent(TestServer server, String job) throws Exception {
    String agent = server.get(USER, "/v1/jobs/" + job).json().at("/result/agentId").asString();
    assertThat(agent).isNotEmpty();
    return AgentBytes.of(data.resolve("folders").resolve(agent));
  }
}
