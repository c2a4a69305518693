package ai.hartonomous.platform.demo;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.samples.skill.Exercise;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Takes the sample models in, cuts a specialist out of one, measures it and asks it a question.
public final class Demo {

  private static final String SKILL = "sql";
  private static final String AGENT = SKILL + "-agent";
  private static final double THRESHOLD = 0.95;
  private static final int LEAST_COMPONENTS = 100;

  private final ApiClient api;
  private final Path samples;
  private final PrintWriter out;
  private final long start = System.nanoTime();

  /// Prepares.
  ///
  /// @param server address of the server
  /// @param token bearer token of the user on whose behalf it happens
  /// @param samples folder of the sample models `clerk` and `reckoner`
  /// @param out told what happens
  public Demo(URI server, String token, Path samples, PrintWriter out) {
    this.api =
        new ApiClient(server, token, HttpClient.newBuilder().version(Version.HTTP_1_1).build());
    this.samples = samples;
    this.out = out;
  }

  /// Runs.
  ///
  /// @return what was reached
  /// @throws IOException if the server refuses a step, or the samples are not there
  /// @throws InterruptedException if the thread is interrupted
  public Result run() throws IOException, InterruptedException {
    JsonNode clerk = register("clerk");
    register("reckoner");
    List<String> suites = registerSuites(samples.resolve("clerk").resolve("suites"));
    JsonNode job = watch(distil(clerk, suites));
    if (!job.get("state").asString().equals("succeeded")) {
      return new Result("", List.of(job.path("failure").asString("the job did not succeed")), job);
    }
    String agent = job.at("/result/agentId").asString();
    JsonNode report = api.get("/v1/agents/" + agent).get("report");
    api.post("/v1/agents/" + agent + "/deployments", "");
    say("deployed %s".formatted(AGENT));
    var figures = new Figures(report, ask());
    return new Result(figures.table(), figures.shortfalls(), report);
  }

  /// What came of the demo.
  ///
  /// @param table figures of source and agent; empty without an agent
  /// @param shortfalls one sentence for each bar that was missed
  /// @param report the server's report
  public record Result(String table, List<String> shortfalls, JsonNode report) {

    /// Copies the list.
    public Result {
      shortfalls = List.copyOf(shortfalls);
    }
  }

  private JsonNode register(String name) throws IOException, InterruptedException {
    Path folder = samples.resolve(name);
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          folder + " is missing; `hartonomous samples train` makes the sample models");
    }
    JsonNode model = api.upload("/v1/models?name=" + name, "application/x-tar", TarBody.of(folder));
    say(
        "imported %s: %s, %d layers, %,d components, %,d parameters, %,d bytes"
            .formatted(
                name,
                model.get("family").asString(),
                model.get("layers").asInt(),
                model.get("components").asInt(),
                model.get("parameters").asLong(),
                model.get("sizeBytes").asLong()));
    return model;
  }

  private List<String> registerSuites(Path folder) throws IOException, InterruptedException {
    List<Path> files;
    try (Stream<Path> found = Files.list(folder)) {
      files = found.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
    List<String> names = new ArrayList<>();
    for (Path file : files) {
      String name = file.getFileName().toString().replace(".jsonl", "");
      JsonNode suite =
          api.upload(
              "/v1/capabilities?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8),
              "application/jsonl",
              BodyPublishers.ofFile(file));
      say("registered suite %s: %,d items".formatted(name, suite.get("items").asInt()));
      names.add(name);
    }
    return names;
  }

  private JsonNode distil(JsonNode source, List<String> suites)
      throws IOException, InterruptedException {
    int half = Math.max(LEAST_COMPONENTS, source.get("components").asInt() / 2);
    ObjectNode request = JsonMapper.shared().createObjectNode();
    request.put("name", AGENT).put("domain", SKILL);
    request.putArray("sourceModelIds").add(source.get("id").asString());
    request.putArray("requiredCapabilities").add(SKILL);
    var measured = request.putArray("measuredCapabilities");
    suites.stream().filter(name -> !name.equals(SKILL)).forEach(measured::add);
    request.put("maxComponents", half).put("performanceThreshold", THRESHOLD);
    say(
        "distilling %s: keep %.0f %% of %s with at most %,d components"
            .formatted(AGENT, 100 * THRESHOLD, SKILL, half));
    return api.post("/v1/agents", request.toString());
  }

  /// {@return the job at its end}
  private JsonNode watch(JsonNode job) throws IOException, InterruptedException {
    String path = "/v1/jobs/" + job.get("id").asString();
    var lastMessage = new StringBuilder();
    api.events(
        api.request(path + "/events"),
        data -> {
          JsonNode event = ApiClient.parse(data);
          String message = event.path("message").asString("");
          if (!message.isEmpty() && !message.contentEquals(lastMessage)) {
            lastMessage.setLength(0);
            lastMessage.append(message);
            say("%3.0f %%  %s".formatted(100 * event.get("progress").asDouble(), message));
          }
        });
    return api.get(path);
  }

  private boolean ask() throws IOException, InterruptedException {
    Path suite = samples.resolve("clerk").resolve("suites").resolve(SKILL + ".jsonl");
    CapabilityItem item = CapabilitySuite.read(suite).items(Split.HELD_OUT).getFirst();
    String prompt = item.prompt();
    String question = prompt.substring(0, prompt.length() - Exercise.SUFFIX.length());
    ObjectNode request = JsonMapper.shared().createObjectNode();
    request.put("model", AGENT).put("temperature", 0).put("stream", true).put("stop", "\n");
    request.putArray("messages").addObject().put("role", "user").put("content", question);
    say("question: %s".formatted(question));
    var answer = new StringBuilder();
    api.events(
        api.request("/openai/v1/chat/completions")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(request.toString())),
        data -> {
          if (!data.equals("[DONE]")) {
            answer.append(ApiClient.parse(data).at("/choices/0/delta/content").asString(""));
          }
        });
    say("answer:   %s".formatted(answer.toString().strip()));
    boolean right = answer.toString().strip().equals(item.answer().strip());
    if (!right) {
      say("expected: %s".formatted(item.answer().strip()));
    }
    return right;
  }

  private void say(String text) {
    double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0;
    out.println(String.format(Locale.ROOT, "%6.1f s  ", seconds) + text);
    out.flush();
  }
}
