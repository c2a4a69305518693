package ai.hartonomous.platform.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.pack.PackageException;
import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.inference.WriterAgent;
import ai.hartonomous.platform.runtime.RuntimeOptions.Agent;
import ai.hartonomous.platform.runtime.RuntimeOptions.Limits;
import ai.hartonomous.platform.runtime.RuntimeOptions.Place;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The thin runtime beside the server: the same agent answers alike.
@Timeout(120)
class RuntimeIT {

  private static final String KEY = "a-key-of-some-length";
  private static final String USER = "runa";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final TestServer SERVER = TestServer.shared();

  @TempDir static Path temporary;
  private static Path folder;
  private static AgentRuntime runtime;
  private static UUID stored;

  @BeforeAll
  static void start() throws Exception {
    folder = Files.createDirectory(temporary.resolve("writer"));
    WriterAgent.write(folder, WriterAgent.WITH_TOOLS);
    Sealed.seal(folder);
    runtime = AgentRuntime.start(options(folder, null, KEY));
    stored = AgentFixture.storeContent(SERVER, USER, "writer", RuntimeIT::writeSealed);
    assertThat(SERVER.post(USER, "/v1/agents/" + stored + "/deployments", "").status())
        .isEqualTo(201);
  }

  private static void writeSealed(Path to) throws IOException {
    WriterAgent.write(to, WriterAgent.WITH_TOOLS);
    Sealed.seal(to);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  private static RuntimeOptions options(Path of, @Nullable String name, @Nullable String key) {
    return new RuntimeOptions(
        of,
        new Agent(name, null),
        new Place("localhost", 0, key),
        new Limits(2, null, ServingFormat.STORED));
  }

  @Test
  void tellsPrometheusHowItServes() throws Exception {
    send(runtime, "POST", "/openai/v1/completions", "{\"model\":\"writer\",\"prompt\":\"a\"}", KEY);

    HttpResponse<String> metrics = send(runtime, "GET", "/metrics", "", KEY);

    assertThat(metrics.statusCode()).isEqualTo(200);
    assertThat(metrics.body())
        .containsPattern("hartonomous_time_to_first_token_seconds_count [1-9]")
        .contains("hartonomous_num_requests_running 0.0");
    assertThat(send(runtime, "GET", "/metrics", "", null).statusCode()).isEqualTo(401);
  }

  private static HttpResponse<String> send(
      AgentRuntime to, String method, String path, String body, @Nullable String key)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://localhost:%d%s".formatted(to.port(), path)))
            .method(method, BodyPublishers.ofString(body))
            .header("Content-Type", "application/json");
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return send(runtime, "POST", path, body, KEY);
  }

  /// {@return an answer or a stream without what differs from call to call}
  private static List<JsonNode> parts(String body) {
    return body.lines()
        .map(line -> line.startsWith("data: ") ? line.substring("data: ".length()) : line)
        .filter(line -> line.startsWith("{"))
        .map(TestServer::parse)
        .map(RuntimeIT::comparable)
        .toList();
  }

  private static JsonNode comparable(JsonNode part) {
    if (part instanceof ObjectNode object) {
      object.remove(List.of("id", "created", "timings"));
      if (object.get("hartonomous") instanceof ObjectNode own) {
        own.remove("receipt");
        if (own.isEmpty()) {
          object.remove("hartonomous");
        }
      }
      object.forEach(RuntimeIT::comparable);
    }
    part.forEach(RuntimeIT::comparable);
    return part;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "completions {\"prompt\":\"the car\",\"max_tokens\":12,\"seed\":3,\"logprobs\":2}",
        "completions {\"prompt\":[\"a\",\"b\"],\"max_tokens\":4,\"temperature\":0,\"echo\":true}",
        "completions {\"prompt\":\"the car\",\"max_tokens\":9,\"seed\":5,\"stream\":true}",
        "completions {\"prompt\":\"x\",\"max_tokens\":3,\"temperature\":0,\"hartonomous\":{\"explain\":3}}",
        "completions {\"prompt\":\"x\",\"max_tokens\":0}",
        "chat/completions {\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":8,"
            + "\"seed\":1,\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
        "chat/completions {\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":99,"
            + "\"seed\":2,\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":"
            + "\"x\",\"schema\":{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\","
            + "\"maximum\":9,\"minimum\":1}},\"required\":[\"n\"]}}}}",
        "chat/completions {\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":99,"
            + "\"seed\":4,\"tool_choice\":\"required\",\"tools\":[{\"type\":\"function\","
            + "\"function\":{\"name\":\"now\"}}],\"stream\":true}",
        "chat/completions {\"messages\":[]}",
        "embeddings {\"input\":[\"one text\",\"another\"]}",
        "embeddings {\"input\":\"x\",\"encoding_format\":\"base64\",\"dimensions\":3}",
        "embeddings {\"input\":[\"one text\",\"another\"],\"hartonomous\":{\"space\":\"probe\"}}",
      })
  void answersAsTheServerDoes(String call) throws Exception {
    String path = "/openai/v1/" + call.substring(0, call.indexOf(' '));
    String body = "{\"model\":\"writer\"," + call.substring(call.indexOf('{') + 1);

    HttpResponse<String> thin = post(path, body);
    TestServer.Answer whole = SERVER.post(USER, path, body);

    assertThat(thin.statusCode()).as(thin.body()).isEqualTo(whole.status());
    assertThat(thin.headers().firstValue("Content-Type"))
        .isEqualTo(whole.response().headers().firstValue("Content-Type"));
    assertThat(parts(thin.body())).isNotEmpty().isEqualTo(parts(whole.body()));
    assertThat(thin.headers().firstValue("Hartonomous-Manifest")).contains(runtime.manifest());
    assertThat(whole.header("Hartonomous-Manifest")).isEqualTo(runtime.manifest());
    assertThat(whole.header("Hartonomous-Agent-Version")).isEqualTo(stored.toString());
    assertThat(thin.headers().firstValue("Hartonomous-Agent-Version"))
        .contains(runtime.agent().id().toString());
    assertThat(thin.headers().firstValue("Hartonomous-Receipt")).isEmpty();
  }

  @Test
  void listsItsAgentAndNoOther() throws Exception {
    JsonNode models =
        TestServer.parse(send(runtime, "GET", "/openai/v1/models", "", KEY).body()).get("data");
    HttpResponse<String> other =
        post("/openai/v1/completions", "{\"model\":\"other\",\"prompt\":\"x\"}");

    assertThat(models).hasSize(1);
    assertThat(models.get(0).get("id").asString()).isEqualTo("writer");
    assertThat(
            send(runtime, "GET", "/openai/v1/models/" + runtime.agent().id(), "", KEY).statusCode())
        .isEqualTo(200);
    assertThat(other.statusCode()).isEqualTo(404);
    assertThat(TestServer.parse(other.body()).at("/error/code").asString())
        .isEqualTo("model_not_found");
    assertThat(send(runtime, "GET", "/v1/agents", "", KEY).statusCode()).isEqualTo(404);
  }

  @Test
  void wantsTheKeyForAllButTheHealth() throws Exception {
    String body = "{\"model\":\"writer\",\"prompt\":\"x\"}";

    for (String wrong : new String[] {null, "another-key-as-long", KEY + "x", ""}) {
      HttpResponse<String> answer = send(runtime, "POST", "/openai/v1/completions", body, wrong);
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(TestServer.parse(answer.body()).at("/error/type").asString())
          .isEqualTo("authentication_error");
    }
    assertThat(send(runtime, "GET", "/nothing", "", null).statusCode()).isEqualTo(401);
    for (String health : List.of("/health/live", "/health/ready")) {
      HttpResponse<String> answer = send(runtime, "GET", health, "", null);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(TestServer.parse(answer.body()).get("status").asString()).isEqualTo("UP");
    }
  }

  @Test
  void aWorkerWantsTheKeyForEverything() throws Exception {
    try (AgentRuntime worker = AgentRuntime.startWorker(options(folder, null, KEY))) {
      for (String path : List.of("/health/ready", "/worker/answers", "/openai/v1/models")) {
        assertThat(send(worker, "POST", path, "{}", null).statusCode()).isEqualTo(401);
      }
      assertThat(send(worker, "GET", "/health/ready", "", KEY).statusCode()).isEqualTo(200);
    }
    assertThat(post("/worker/answers", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void refusesWrongRequestsWithProblems() throws Exception {
    HttpResponse<String> broken = post("/openai/v1/completions", "{\"model\":");
    HttpResponse<String> large =
        post(
            "/openai/v1/completions",
            "{\"model\":\"writer\",\"prompt\":\"%s\"}".formatted("x".repeat(1 << 21)));

    assertThat(broken.statusCode()).isEqualTo(400);
    assertThat(TestServer.parse(broken.body()).at("/error/code").asString())
        .isEqualTo("invalid_json");
    assertThat(large.statusCode()).isEqualTo(413);
  }

  @Test
  void hasNoTranscodersToExplainWith() throws Exception {
    HttpResponse<String> answer =
        post(
            "/openai/v1/completions",
            "{\"model\":\"writer\",\"prompt\":\"x\",\"hartonomous\":{\"explain\":1,\"transcodersId\":\"%s\"}}"
                .formatted(UUID.randomUUID()));

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("here are none");
  }

  @Test
  void servesAgentsOfSeveralSources() throws Exception {
    Path both = Files.createDirectory(temporary.resolve("both"));
    AgentFixture.writeComposite(both, "{{ messages[-1]['content'] }}");
    Sealed.seal(both);

    try (AgentRuntime composite = AgentRuntime.start(options(both, "pair", null))) {
      HttpResponse<String> answer =
          send(
              composite,
              "POST",
              "/openai/v1/completions",
              "{\"model\":\"pair\",\"prompt\":\"Zp Zq\",\"temperature\":0,\"max_tokens\":3}",
              null);

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Hartonomous-Expert")).contains("2-zwords");
    }
  }

  @Test
  void doesNotServeAFlippedByte() throws Exception {
    Path damaged = Files.createDirectory(temporary.resolve("damaged"));
    writeSealed(damaged);
    Path weights = damaged.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);

    assertThatThrownBy(() -> AgentRuntime.start(options(damaged, null, null)))
        .isInstanceOf(PackageException.class)
        .hasMessageContaining("model.safetensors at its SHA-256: expected ");
  }

  @Test
  void saysWhyItCannotServe() {
    var taken =
        new RuntimeOptions(
            folder,
            new Agent(null, null),
            new Place("localhost", runtime.port(), null),
            new Limits(1, null, ServingFormat.STORED));
    var small =
        new RuntimeOptions(
            folder,
            new Agent(null, null),
            new Place("localhost", 0, null),
            new Limits(1, DataSize.ofMegabytes(1), ServingFormat.STORED));

    assertThatThrownBy(() -> AgentRuntime.start(taken))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be served on localhost:" + runtime.port());
    assertThatThrownBy(() -> AgentRuntime.start(small))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it may use 1048576");
  }

  @Test
  void endsARunningStreamBeforeItStops() throws Exception {
    AgentRuntime stopping = AgentRuntime.start(options(folder, null, null));
    String body =
        "{\"model\":\"writer\",\"prompt\":\"x\",\"max_tokens\":400,\"stream\":true,\"seed\":1}";
    var request =
        HttpRequest.newBuilder(
                URI.create("http://localhost:%d/openai/v1/completions".formatted(stopping.port())))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<java.util.stream.Stream<String>> stream =
        CLIENT.send(request, BodyHandlers.ofLines());
    var lines = stream.body().iterator();
    assertThat(lines.next()).startsWith("data: {");

    CompletableFuture<Void> closed = CompletableFuture.runAsync(stopping::close);
    String last = "";
    while (lines.hasNext()) {
      String line = lines.next();
      last = line.isEmpty() ? last : line;
    }
    closed.join();

    assertThat(last).isEqualTo("data: [DONE]");
  }
}
