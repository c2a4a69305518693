package ai.hartonomous.platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.Pruner;
import ai.hartonomous.interpret.probe.Probe;
import ai.hartonomous.interpret.probe.ProbeSpace;
import ai.hartonomous.interpret.probe.ProbeStore;
import ai.hartonomous.interpret.probe.ProbeTexts;
import ai.hartonomous.interpret.probe.ResponseMeter;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.runtime.Sealed;
import ai.hartonomous.tensor.Kernels;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Vectors in the probe space over HTTP: of the sample model, and of two halves of it.
@Timeout(300)
class ProbeVectorsIT {

  private static final Path CLERK =
      Path.of(System.getProperty("repository.root"), "samples/models/clerk");
  private static final String USER = "petra" + UUID.randomUUID();
  private static final List<String> TEXTS =
      List.of(
          "SQL: number of cars in Warsaw =>",
          "Once upon a time there was a little dog.",
          "DATE: 15 January 2009 as ISO =>",
          "VERB: the geese with the key (run) =>",
          "LOG: 15:08 INFO index started on cache12 =>");

  @TempDir private static Path temporary;
  private static TestServer server;

  @BeforeAll
  static void deploy() throws Exception {
    server = TestServer.shared();
    deploy(server, "whole", ProbeVectorsIT::writeClerk);
    deploy(server, "even", folder -> writeHalf(folder, n -> n % 2 == 0));
    deploy(server, "odd", folder -> writeHalf(folder, n -> n % 2 == 1));
  }

  private static UUID deploy(TestServer to, String name, AgentFixture.Content content)
      throws Exception {
    UUID agent = AgentFixture.storeContent(to, USER, name, content);
    Answer answer = to.post(USER, "/v1/agents/" + agent + "/deployments", "");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return UUID.fromString(answer.json().get("id").asString());
  }

  private static void writeClerk(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.copy(CLERK.resolve("config.json"), folder.resolve("config.json"));
    Files.copy(CLERK.resolve("model.safetensors"), folder.resolve("model.safetensors"));
    copyTokenizer(folder);
    Sealed.seal(folder);
  }

  private static void copyTokenizer(Path folder) throws IOException {
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(CLERK.resolve(name), folder.resolve(name));
    }
  }

  /// The sample with some of the neurons of each layer.
  private static void writeHalf(Path folder, IntPredicate kept) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(CLERK)) {
      Model model = checkpoint.load();
      var config = model.config();
      int k = config.extents().headWidth();
      List<Keep.Layer> layers = new ArrayList<>();
      List<ComponentMeans.Layer> means = new ArrayList<>();
      for (var layer : config.layers()) {
        layers.add(
            new Keep.Layer(
                IntStream.range(0, layer.heads()).toArray(),
                IntStream.range(0, layer.neurons()).filter(kept).toArray()));
        means.add(
            new ComponentMeans.Layer(new float[layer.heads() * k], new float[layer.neurons()]));
      }
      Model half = Pruner.prune(model, new Keep(layers), new ComponentMeans(means));
      HuggingFaceWriter.write(half, folder, Dtype.F32, null);
    }
    copyTokenizer(folder);
    Sealed.seal(folder);
  }

  private static Answer embed(TestServer at, String model, Object input, String more)
      throws Exception {
    return at.post(
        USER,
        "/openai/v1/embeddings",
        "{\"model\":\"%s\",\"input\":%s,\"hartonomous\":{\"space\":\"probe\"}%s}"
            .formatted(model, JsonMapper.shared().writeValueAsString(input), more));
  }

  private static float[] vector(Answer answer, int index) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    List<JsonNode> numbers =
        answer.json().at("/data/%d/embedding".formatted(index)).valueStream().toList();
    float[] vector = new float[numbers.size()];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = (float) numbers.get(d).asDouble();
    }
    return vector;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static long measured(TestServer at) {
    return at.bean(MeterRegistry.class).get("hartonomous.probe.measuring.time").timer().count();
  }

  private static Path kept(TestServer at, String manifest) throws IOException {
    try (Stream<Path> found = Files.list(at.data().resolve("probes"))) {
      List<Path> all =
          found.filter(it -> it.getFileName().toString().startsWith(manifest + ".")).toList();
      assertThat(all).hasSize(1);
      return all.getFirst();
    }
  }

  @Test
  void givesTheVectorThatTheProbeToolsCompute() throws Exception {
    Answer answer = embed(server, "whole", TEXTS, "");

    List<String> probes = ProbeTexts.standard().stream().map(Probe::text).toList();
    try (Checkpoint checkpoint = Checkpoints.open(CLERK);
        Kernels kernels = Kernels.of(2)) {
      var tokenizer = checkpoint.tokenizer();
      int leading = ResponseMeter.leading(tokenizer);
      var meter =
          new ResponseMeter(new Transformer(checkpoint.load(), kernels), List.of(), leading);
      var space =
          new ProbeSpace(
              meter.measure(probes.stream().map(tokenizer::encodePrompt).toList(), _ -> {}));
      for (int i = 0; i < TEXTS.size(); i++) {
        float[] served = vector(answer, i);
        float[] expected =
            space.embed(meter.measure(List.of(tokenizer.encodePrompt(TEXTS.get(i))), _ -> {}));
        assertThat(served).hasSize(1536).containsExactly(expected, within(1e-5f));
        assertThat(dot(served, served)).isCloseTo(1, within(1e-5));
      }
    }
    JsonNode own = answer.json().get("hartonomous");
    assertThat(own.get("space").asString()).isEqualTo("probe");
    assertThat(own.get("texts").asString()).isEqualTo(ProbeStore.hash(probes));
    assertThat(own.get("receipt").asString()).isEqualTo(answer.header("Hartonomous-Receipt"));
  }

  @Test
  void aProbeTextIsNearestToItself() throws Exception {
    List<Integer> own = List.of(0, 1, 17, 500, 777, 1000, 1535);
    List<String> texts = own.stream().map(p -> ProbeTexts.standard().get(p).text()).toList();

    Answer answer = embed(server, "whole", texts, "");

    for (int i = 0; i < own.size(); i++) {
      float[] vector = vector(answer, i);
      float coordinate = vector[own.get(i)];
      long above = IntStream.range(0, vector.length).filter(d -> vector[d] > coordinate).count();
      // Of all 1,536 texts 1,532 are nearest to themselves, and all are among the ten nearest.
      assertThat(above).as(texts.get(i)).isLessThan(10);
    }
  }

  @Test
  void agentsOfOneSourceAgreeOnTextsMoreThanByChance() throws Exception {
    List<String> texts =
        ProbeTexts.generate(40, 7).stream()
            .filter(it -> !ProbeTexts.standard().contains(it))
            .map(Probe::text)
            .toList();
    Answer even = embed(server, "even", texts, "");
    Answer odd = embed(server, "odd", texts, "");

    double same = 0;
    double other = 0;
    int n = texts.size();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double cosine = dot(vector(even, i), vector(odd, j));
        same += i == j ? cosine / n : 0;
        other += i == j ? 0 : cosine / (n * (n - 1.0));
      }
    }
    assertThat(vector(even, 0)).isNotEqualTo(vector(odd, 0));
    assertThat(n).isGreaterThan(30);
    assertThat(same).isGreaterThan(0.8); // measured on 126 texts: 0.93
    assertThat(Math.abs(other)).isLessThan(0.2); // 0.003
  }

  @Test
  void packsShortensAndCountsAsInTheHiddenSpace() throws Exception {
    float[] whole = vector(embed(server, "whole", "2 + 3 = 5", ""), 0);

    Answer packed = embed(server, "whole", "2 + 3 = 5", ",\"encoding_format\":\"base64\"");
    Answer shortened = embed(server, "whole", "2 + 3 = 5", ",\"dimensions\":100");
    Answer hidden =
        server.post(USER, "/openai/v1/embeddings", "{\"model\":\"whole\",\"input\":\"2 + 3 = 5\"}");

    byte[] bytes = Base64.getDecoder().decode(packed.json().at("/data/0/embedding").asString());
    float[] unpacked = new float[whole.length];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(unpacked);
    assertThat(unpacked).containsExactly(whole);
    float[] hundred = vector(shortened, 0);
    assertThat(hundred).hasSize(100);
    assertThat(dot(hundred, hundred)).isCloseTo(1, within(1e-5));
    assertThat(hundred[0] / hundred[99]).isCloseTo(whole[0] / whole[99], within(1e-3f));
    assertThat(vector(hidden, 0)).hasSize(128);
    assertThat(hidden.json().at("/hartonomous/space").isMissingNode()).isTrue();
    assertThat(packed.json().get("usage")).isEqualTo(hidden.json().get("usage"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "\"input\":\"a\",\"hartonomous\":{\"space\":\"outer\"} | hartonomous.space",
        "\"input\":\"a\",\"dimensions\":1537,\"hartonomous\":{\"space\":\"probe\"} | dimensions",
        "\"input\":\"a\",\"dimensions\":0,\"hartonomous\":{\"space\":\"probe\"} | dimensions",
        "\"input\":\"\",\"hartonomous\":{\"space\":\"probe\"} | input",
        "\"input\":\"a\",\"dimensions\":1000,\"hartonomous\":{\"space\":\"hidden\"} | dimensions",
      })
  void refusesWrongFields(String fields, String field) throws Exception {
    Answer answer =
        server.post(USER, "/openai/v1/embeddings", "{\"model\":\"whole\",%s}".formatted(fields));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asString()).isEqualTo(field);
  }

  @Test
  void refusesTextsThatAreTooLongAndAgentsOfSeveralSources() throws Exception {
    Answer tooLong = embed(server, "whole", "2 + 3 = 5. ".repeat(60), "");
    UUID composite = AgentFixture.storeComposite(server, USER, "both", null);
    server.post(USER, "/v1/agents/" + composite + "/deployments", "");
    Answer several = embed(server, "both", "a b", "");

    assertThat(tooLong.status()).isEqualTo(400);
    assertThat(tooLong.json().at("/error/code").asString()).isEqualTo("context_length_exceeded");
    assertThat(several.status()).isEqualTo(400);
    assertThat(several.json().at("/error/param").asString()).isEqualTo("model");
  }

  @Test
  void anAgentThatCannotReadTheProbeTextsHasNoSuchSpace() throws Exception {
    UUID words = AgentFixture.store(server, USER, "words", null);
    server.post(USER, "/v1/agents/" + words + "/deployments", "");

    Answer answer = embed(server, "words", "a b", "");

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.json().at("/error/code").asString()).isEqualTo("not_possible");
    assertThat(answer.json().at("/error/message").asString()).contains("probe texts");
  }

  @Test
  void anAgentWithoutManifestIsMeasuredAndNotKept() throws Exception {
    deploy(server, "bare", folder -> WriterAgent.write(folder, ""));
    List<Path> before = all(server);

    Answer answer = embed(server, "bare", "one", "");

    assertThat(vector(answer, 0)).hasSize(1536);
    assertThat(all(server)).isEqualTo(before);
  }

  private static List<Path> all(TestServer at) throws IOException {
    try (Stream<Path> found = Files.list(at.data().resolve("probes"))) {
      return found.sorted().toList();
    }
  }

  private static void writeSealed(Path folder) throws IOException {
    WriterAgent.write(folder, "sealed");
    Sealed.seal(folder);
  }

  @Test
  void firstRequestsMeasureOnceAndAClientThatGivesUpStopsNothing() throws Exception {
    UUID deployment = deploy(server, "many", ProbeVectorsIT::writeMany);
    long before = measured(server);

    Answer impatient =
        server.send(
            server
                .request("/openai/v1/embeddings")
                .header("Authorization", "Bearer " + server.token(USER))
                .header("Content-Type", "application/json")
                .header("X-Stainless-Timeout", "0.001")
                .POST(
                    BodyPublishers.ofString(
                        "{\"model\":\"many\",\"input\":\"one\","
                            + "\"hartonomous\":{\"space\":\"probe\"}}")));
    List<FutureTask<Answer>> first = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      var task = new FutureTask<>(() -> embed(server, "many", "one", ""));
      first.add(task);
      Thread.startVirtualThread(task);
    }
    for (FutureTask<Answer> each : first) {
      assertThat(vector(each.get(), 0)).containsExactly(vector(first.getFirst().get(), 0));
    }

    assertThat(impatient.status()).as(impatient.body()).isEqualTo(503);
    assertThat(impatient.header("Retry-After")).isNotEmpty();
    assertThat(impatient.json().at("/error/code").asString()).isEqualTo("probe_space_not_ready");
    assertThat(measured(server) - before).isEqualTo(1);
    JsonNode health = server.get(USER, "/v1/deployments/%s/health".formatted(deployment)).json();
    assertThat(health.get("requests").asInt()).isZero();
  }

  private static void writeMany(Path folder) throws IOException {
    WriterAgent.write(folder, "many");
    Sealed.seal(folder);
  }

  @Test
  void aRestartMeasuresNothingAndDamageIsMeasuredAgain() throws Exception {
    Path data = Files.createDirectory(temporary.resolve("data"));
    float[] first;
    Path folder;
    byte[] sound;
    try (var one = new TestServer(data)) {
      deploy(one, "kept", ProbeVectorsIT::writeSealed);
      Answer answer = embed(one, "kept", "one", "");
      first = vector(answer, 0);
      folder = kept(one, answer.header("Hartonomous-Manifest"));
      sound = Files.readAllBytes(folder.resolve("responses.safetensors"));
      assertThat(measured(one)).isEqualTo(1);
      assertThat(ProbeStore.read(folder).modelHash())
          .isEqualTo(answer.header("Hartonomous-Manifest"));
    }
    Path numbers = folder.resolve("responses.safetensors");
    var written = Files.getLastModifiedTime(numbers);
    Path stale = Files.createDirectory(data.resolve("probes").resolve("f".repeat(64) + ".0"));
    try (var two = new TestServer(data)) {
      assertThat(vector(embed(two, "kept", "one", ""), 0)).containsExactly(first);
      assertThat(measured(two)).isZero();
      assertThat(Files.getLastModifiedTime(numbers)).isEqualTo(written);
      assertThat(stale).as("responses of an agent that there is not").doesNotExist();
    }
    byte[] damaged = sound.clone();
    damaged[damaged.length - 3] ^= 1;
    Files.write(numbers, damaged);
    try (var three = new TestServer(data)) {
      assertThat(vector(embed(three, "kept", "one", ""), 0)).containsExactly(first);
      assertThat(measured(three)).isEqualTo(1);
    }
    assertThat(Files.readAllBytes(numbers)).isEqualTo(sound);
  }
}
