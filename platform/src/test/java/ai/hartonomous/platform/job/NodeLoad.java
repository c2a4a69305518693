package ai.hartonomous.platform.job;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Clients of nodes that come and go: they make models, suites and jobs, and remember what was
/// answered.
final class NodeLoad {

  static final List<String> USERS = List.of("ann", "bob");

  /// As many as the model has tokens.
  private static final String[] WORDS = "a b c d e f g h i j k l m n o p q".split(" ");

  private static final Path CLERK =
      Path.of(System.getProperty("repository.root", ".."), "samples", "models", "clerk");
  private static final JsonMapper JSON = JsonMapper.shared();

  final Set<String> models = ConcurrentHashMap.newKeySet();
  final Set<String> deleted = ConcurrentHashMap.newKeySet();
  final Set<String> suites = ConcurrentHashMap.newKeySet();
  final Set<String> jobs = ConcurrentHashMap.newKeySet();
  final Queue<String> failures = new ConcurrentLinkedQueue<>();
  final AtomicInteger answered = new AtomicInteger();
  final AtomicInteger broken = new AtomicInteger();

  private final HttpClient client = HttpClient.newHttpClient();
  private final UnaryOperator<String> tokens;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, String> bases = new ConcurrentHashMap<>();
  private final Map<String, String> corpora = new ConcurrentHashMap<>();
  private final Map<String, String> clerks = new ConcurrentHashMap<>();
  private final byte[] model;
  private final byte[] clerk;
  private volatile List<String> nodes = List.of();
  private volatile boolean running = true;

  /// One answer.
  record Answer(int status, JsonNode body) {}

  private interface Turn {
    void take(SplittableRandom random) throws InterruptedException;
  }

  NodeLoad(Path scratch, UnaryOperator<String> tokens) throws IOException {
    this.tokens = tokens;
    Path folder = scratch.resolve("tiny");
    HuggingFaceWriter.write(Tiny.llama(1), folder, Dtype.F32, null);
    Files.writeString(
        folder.resolve("vocab.json"), JSON.writeValueAsString(Map.of("tokens", WORDS)));
    this.model = Tars.of(folder);
    this.clerk = Tars.of(CLERK);
  }

  /// Says which nodes live.
  void nodes(List<String> bases) {
    this.nodes = List.copyOf(bases);
  }

  /// Makes what the jobs need, then starts the clients.
  void start(long seed) throws InterruptedException {
    for (String user : USERS) {
      bases.put(user, id(must(user, "/v1/models?name=base", tar())));
      must(user, "/v1/capabilities?name=words", suite());
      corpora.put(user, id(must(user, "/v1/corpora?name=text", corpus())));
    }
    var random = new SplittableRandom(seed);
    for (String user : USERS) {
      client(random.split(), it -> turnOfModels(user, it));
      client(random.split(), _ -> turnOfAgents(user));
      client(random.split(), _ -> turnOfTraining(user));
    }
  }

  /// Starts clients that embed a model, which is long work.
  void startEmbedding(long seed) throws InterruptedException {
    var random = new SplittableRandom(seed);
    for (String user : USERS) {
      clerks.put(user, id(must(user, "/v1/models?name=clerk", tar(clerk))));
      client(random.split(), _ -> turnOfEmbedding(user));
    }
  }

  /// Waits until there is something to lose.
  void awaitWork() throws InterruptedException {
    while (models.isEmpty() || suites.isEmpty() || jobs.isEmpty()) {
      Thread.sleep(10);
    }
  }

  private void client(SplittableRandom random, Turn turn) {
    threads.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (running) {
                      turn.take(random);
                    }
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  private void turnOfModels(String user, SplittableRandom random) throws InterruptedException {
    if (nodes.isEmpty()) { // else every model would be forgotten while no server lives
      pause(20);
      return;
    }
    Answer made = send(user, "POST", "/v1/models?name=m", tar());
    if (made != null && made.status == 201) {
      models.add(user + " " + id(made));
    }
    String name = "s" + random.nextLong(Long.MAX_VALUE);
    Answer suite = send(user, "POST", "/v1/capabilities?name=" + name, suite());
    if (suite != null && suite.status == 201) {
      suites.add(user + " " + name);
    }
    List<String> mine = models.stream().filter(it -> it.startsWith(user + " ")).toList();
    if (random.nextInt(3) == 0 && !mine.isEmpty()) {
      String victim = mine.get(random.nextInt(mine.size()));
      models.remove(victim); // without an answer nobody knows
      Answer gone = send(user, "DELETE", "/v1/models/" + victim.split(" ")[1], nothing());
      if (gone != null && gone.status == 204) {
        deleted.add(victim);
      }
    }
    pause(random.nextInt(100));
  }

  private void turnOfAgents(String user) throws InterruptedException {
    String request =
        """
        {"name":"n","domain":"d","sourceModelIds":["%s"],"requiredCapabilities":["words"],\
        "maxComponents":100,"performanceThreshold":0}\
        """
            .formatted(bases.get(user));
    follow(user, send(user, "POST", "/v1/agents", json(request)));
  }

  private void turnOfTraining(String user) throws InterruptedException {
    String request =
        "{\"corpusId\":\"%s\",\"latents\":32,\"k\":4,\"steps\":400,\"batch\":64,\"length\":8}"
            .formatted(corpora.get(user));
    follow(
        user, send(user, "POST", "/v1/models/" + bases.get(user) + "/transcoders", json(request)));
  }

  private void turnOfEmbedding(String user) throws InterruptedException {
    String path = "/v1/models/" + clerks.get(user) + "/embeddings";
    follow(user, send(user, "POST", path, json("{}")));
    pause(2000);
  }

  /// Waits for the end of a job, so that few wait at a time.
  private void follow(String user, @Nullable Answer accepted) throws InterruptedException {
    if (accepted == null || accepted.status != 202) {
      pause(50);
      return;
    }
    String id = id(accepted);
    jobs.add(user + " " + id);
    while (running) {
      Answer job = send(user, "GET", "/v1/jobs/" + id, nothing());
      if (job != null && job.body.hasNonNull("ended")) {
        return;
      }
      pause(200);
    }
  }

  /// {@return the answer of some node; null if the connection broke}
  @Nullable Answer send(String user, String method, String path, Body body)
      throws InterruptedException {
    List<String> living = nodes;
    if (living.isEmpty()) {
      pause(20);
      return null;
    }
    String base = living.get(Math.floorMod(answered.get() + broken.get(), living.size()));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + tokens.apply(user))
            .header("Content-Type", body.type)
            .header("Prefer", "respond-async")
            .method(method, body.publisher)
            .build();
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      answered.incrementAndGet();
      if (response.statusCode() >= 400) {
        failures.add("%s %s: %s".formatted(method, path, response.body()));
      }
      String text = response.body().isEmpty() ? "{}" : response.body();
      return new Answer(response.statusCode(), JSON.readTree(text));
    } catch (IOException _) {
      broken.incrementAndGet();
      pause(20);
      return null;
    }
  }

  /// {@return all items of a list}
  List<JsonNode> list(String user, String path) throws InterruptedException {
    List<JsonNode> items = new ArrayList<>();
    String cursor = "";
    while (true) {
      Answer page = send(user, "GET", path + "?limit=500" + cursor, nothing());
      if (page == null) {
        throw new IllegalStateException("no answer to " + path);
      }
      JsonNode all = page.body.isArray() ? page.body : page.body.get("items");
      all.forEach(items::add);
      if (!page.body.hasNonNull("next")) {
        return items;
      }
      cursor = "&cursor=" + page.body.get("next").asString();
    }
  }

  /// {@return the stream of a job's events, which has ended}
  String events(String user, String id) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(nodes.getFirst() + "/v1/jobs/" + id + "/events"))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + tokens.apply(user))
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  private Answer must(String user, String path, Body body) throws InterruptedException {
    Answer answer = send(user, "POST", path, body);
    if (answer == null || answer.status >= 300) {
      throw new IllegalStateException("%s: %s".formatted(path, answer));
    }
    return answer;
  }

  /// A body to send.
  record Body(BodyPublisher publisher, String type) {}

  static Body nothing() {
    return new Body(BodyPublishers.noBody(), "application/json");
  }

  private static Body json(String text) {
    return new Body(BodyPublishers.ofString(text), "application/json");
  }

  private Body tar() {
    return tar(model);
  }

  private static Body tar(byte[] files) {
    return new Body(BodyPublishers.ofByteArray(files), "application/x-tar");
  }

  private static Body suite() {
    var random = new SplittableRandom(1);
    var lines = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      String prompt = "%s %s %s".formatted(word(random), word(random), word(random));
      lines.append(
          "{\"id\":\"%d\",\"capability\":\"words\",\"prompt\":\"%s\",\"answer\":\" %s a\"}%n"
              .formatted(i, prompt, word(random)));
    }
    return new Body(BodyPublishers.ofString(lines.toString()), "application/jsonl");
  }

  private static Body corpus() {
    var random = new SplittableRandom(2);
    var text = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      text.append(word(random)).append(i % 8 == 7 ? "<|endoftext|>" : " ");
    }
    return new Body(BodyPublishers.ofString(text.toString()), "text/plain");
  }

  private static String word(SplittableRandom random) {
    return WORDS[random.nextInt(WORDS.length)];
  }

  private static String id(Answer answer) {
    return answer.body.get("id").asString();
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
  }

  /// Stops the clients.
  void stop() throws InterruptedException {
    running = false;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
