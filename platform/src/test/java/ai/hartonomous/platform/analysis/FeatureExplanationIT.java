package ai.hartonomous.platform.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.interchange.CoderNotes;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.interchange.StoredCoder;
import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import ai.hartonomous.platform.agent.AgentFixture;
import ai.hartonomous.platform.market.MarketFixture;
import ai.hartonomous.platform.market.MarketFixture.Said;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// An agent made from a model, in the server and in a worker, and a transcoder of the model's
/// second layer with a skip path, made from a seed.
@TestInstance(Lifecycle.PER_CLASS)
class FeatureExplanationIT {

  private static final String USER = "fiona";
  private static final String TEXT = "/openai/v1/completions";
  private static final String CHAT = "/openai/v1/chat/completions";
  private static final String TEMPLATE =
      "{\"chat_template\": \"{% for m in messages %}{{ m.content }} {% endfor %}\"}";
  private static final int LATENTS = 24;

  /// Logits here are below 20, and a float sum of some dozen products is off by less.
  private static final double ROUNDING = 1e-4;

  private final TestServer server = TestServer.shared();
  private final Model model = Tiny.llama(1);
  private TranscoderFixture fixture;
  private UUID transcoders;
  private UUID here;

  @BeforeAll
  void deploy(@TempDir Path folder) throws Exception {
    fixture = new TranscoderFixture(server, USER, model, folder);
    List<UUID> source = List.of(fixture.modelId());
    here = fixture.deploy("here", source, this::write, "");
    fixture.deploy("there", source, this::write, "{\"type\":\"worker\"}");
    fixture.deploy(
        "composed", List.of(fixture.modelId(), UUID.randomUUID()), fixture::writeModel, "");
    fixture.deploy("foreign", List.of(UUID.randomUUID()), fixture::writeModel, "");
    transcoders = fixture.store(work -> Coders.write(work, coder(1, model.config().width())));
  }

  private void write(Path folder) throws IOException {
    fixture.writeModel(folder);
    Files.writeString(folder.resolve("tokenizer_config.json"), TEMPLATE);
    MarketFixture.seal(folder, Said.good("ann", 1));
  }

  private static StoredCoder coder(int layer, int width) {
    var random = new SplittableRandom(5);
    var weights =
        new CoderWeights(
            Matrix.of(vector(random, LATENTS * width), LATENTS, width),
            vector(random, LATENTS),
            Matrix.of(vector(random, LATENTS * width), LATENTS, width),
            vector(random, width),
            null,
            Matrix.of(vector(random, width * width), width, width));
    HookPair mlp = HookPair.mlp(layer);
    var coder = new SparseCoder(mlp.reads(), mlp.writes(), new CoderActivation.TopK(6), weights);
    return new StoredCoder(coder, CoderNotes.NONE);
  }

  private static float[] vector(SplittableRandom random, int size) {
    float[] vector = new float[size];
    for (int i = 0; i < size; i++) {
      vector[i] = (float) random.nextGaussian(0, 0.3);
    }
    return vector;
  }

  private Answer ask(String agent, String own) throws Exception {
    return ask(agent, "\"n\": 1", own);
  }

  private Answer ask(String agent, String more, String own) throws Exception {
    return server.post(
        USER,
        TEXT,
        """
        {"model": "%s", "prompt": "a b c", "max_tokens": 4, "temperature": 0, %s,
         "hartonomous": {%s}}"""
            .formatted(agent, more, own));
  }

  private static String explain(int count, UUID id) {
    return "\"explain\": %d, \"transcodersId\": \"%s\"".formatted(count, id);
  }

  private static JsonNode told(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().at("/hartonomous/explanations");
  }

  private static double sum(JsonNode token) {
    double sum = 0;
    for (JsonNode component : token.get("components")) {
      sum += component.get("contribution").asDouble();
    }
    for (JsonNode part : token.get("rest")) {
      sum += part.asDouble();
    }
    return sum;
  }

  private static JsonNode lastChunk(Answer stream) {
    assertThat(stream.status()).as(stream.body()).isEqualTo(200);
    String[] events = stream.body().split("\n\n");
    return TestServer.parse(events[events.length - 2].substring("data: ".length()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"here", "there"})
  void tellsFeaturesWithActivationsAndTheSumIsTheLogit(String agent) throws Exception {
    JsonNode tokens = told(ask(agent, explain(100, transcoders))).at("/0/tokens");

    assertThat(tokens).hasSize(4);
    for (JsonNode token : tokens) {
      int features = 0;
      for (JsonNode part : token.get("components")) {
        String path = part.get("component").asString();
        assertThat(path).matches("layers\\.(\\d\\.heads|0\\.neurons|1\\.features)\\.\\d+");
        assertThat(part.has("activation")).isEqualTo(path.contains("features"));
        if (path.contains("features")) {
          assertThat(part.get("activation").asDouble()).isPositive();
          features++;
        }
      }
      assertThat(features).isBetween(1, 6);
      JsonNode rest = token.get("rest");
      assertThat(rest.get("features").asDouble()).isCloseTo(0, within(ROUNDING));
      assertThat(rest.get("skip").asDouble()).isNotZero();
      assertThat(rest.get("error").asDouble()).isNotZero();
      assertThat(sum(token)).isCloseTo(token.get("logit").asDouble(), within(ROUNDING));
    }
  }

  @Test
  void theWorkerTellsTheSameAsTheServer() throws Exception {
    String own = explain(5, transcoders);

    Answer here = ask("here", "\"n\": 2", own);
    Answer there = ask("there", "\"n\": 2", own);

    assertThat(told(here)).hasSize(2);
    assertThat(told(there)).isEqualTo(told(here));
  }

  @ParameterizedTest
  @ValueSource(strings = {"here", "there"})
  void aStreamEndsWithTheSameExplanations(String agent) throws Exception {
    String own = explain(3, transcoders);

    Answer whole = ask(agent, own);
    Answer stream = ask(agent, "\"stream\": true", own);

    assertThat(lastChunk(stream).at("/hartonomous/explanations")).isEqualTo(told(whole));
  }

  @ParameterizedTest
  @ValueSource(strings = {"here", "there"})
  void aChatTellsThemToo(String agent) throws Exception {
    String chat =
        """
        {"model": "%s", "messages": [{"role": "user", "content": "a b c"}], "max_tokens": 2,
         "temperature": 0, "stream": %s, "hartonomous": {%s}}""";
    String own = explain(4, transcoders);

    Answer whole = server.post(USER, CHAT, chat.formatted(agent, false, own));
    Answer stream = server.post(USER, CHAT, chat.formatted(agent, true, own));

    JsonNode tokens = told(whole).at("/0/tokens");
    assertThat(tokens).hasSize(2);
    for (JsonNode token : tokens) {
      assertThat(token.get("components")).hasSize(4);
      assertThat(token.at("/rest/error").isNumber()).isTrue();
      assertThat(sum(token)).isCloseTo(token.get("logit").asDouble(), within(ROUNDING));
    }
    assertThat(lastChunk(stream).at("/hartonomous/explanations")).isEqualTo(told(whole));
  }

  @Test
  void withoutTranscodersNothingOfThemIsTold() throws Exception {
    JsonNode tokens = told(ask("here", "\"explain\": 100")).at("/0/tokens");

    for (JsonNode token : tokens) {
      assertThat(token.get("rest").propertyNames())
          .containsExactly("heads", "neurons", "embedding", "biases", "steering");
      assertThat(token.get("components").toString()).doesNotContain("features", "activation");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"here", "there"})
  void steeredByAFeatureThePartsStillAddUp(String agent) throws Exception {
    String steer =
        ", \"steer\": [{\"component\": \"layers.1.features.2\", \"transcodersId\": \"%s\", \"add\": 3}]"
            .formatted(transcoders);

    JsonNode tokens = told(ask(agent, explain(5, transcoders) + steer)).at("/0/tokens");

    assertThat(tokens).hasSize(4);
    for (JsonNode token : tokens) {
      assertThat(token.at("/rest/steering").asDouble()).isNotZero();
      assertThat(sum(token)).isCloseTo(token.get("logit").asDouble(), within(ROUNDING));
    }
  }

  @Test
  void transcodersOfOthersAreNotThere() throws Exception {
    UUID agent = AgentFixture.storeContent(server, "ernie", "here", fixture::writeModel);
    assertThat(server.post("ernie", "/v1/agents/" + agent + "/deployments", "").status())
        .isEqualTo(201);

    Answer answer =
        server.post(
            "ernie",
            TEXT,
            "{\"model\": \"here\", \"prompt\": \"a\", \"stream\": true, \"hartonomous\": {%s}}"
                .formatted(explain(3, transcoders)));

    assertThat(answer.status()).as(answer.body()).isEqualTo(404);
    assertThat(answer.body()).contains(transcoders.toString());
  }

  @Test
  void anAgentOfAPublisherIsNotExplainedByTranscodersOfASubscriber(@TempDir Path folder)
      throws Exception {
    String buyer = "felix";
    UUID own =
        new TranscoderFixture(server, buyer, model, folder)
            .store(work -> Coders.write(work, coder(1, model.config().width())));
    MarketFixture.publisher(server, USER);
    Answer sold = MarketFixture.publish(server, USER, here, "told", "open", "");
    assertThat(sold.status()).as(sold.body()).isEqualTo(201);
    assertThat(MarketFixture.subscribe(server, buyer, USER + "/told").status()).isEqualTo(201);
    String call = "{\"model\": \"%s/told\", \"prompt\": \"a\", \"max_tokens\": 1%s}";

    Answer plain = server.post(buyer, TEXT, call.formatted(USER, ""));
    Answer told =
        server.post(
            buyer,
            TEXT,
            call.formatted(USER, ", \"hartonomous\": {%s}".formatted(explain(3, own))));

    assertThat(plain.status()).as(plain.body()).isEqualTo(200);
    assertThat(told.status()).as(told.body()).isEqualTo(422);
    assertThat(told.body()).contains("Only agents of one's own");
  }

  @ParameterizedTest
  @ValueSource(strings = {"composed", "foreign"})
  void refusesTranscodersOfAModelThatIsNotTheOnlySource(String agent) throws Exception {
    Answer answer = ask(agent, explain(3, transcoders));

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body()).contains("not the only source");
  }

  @ParameterizedTest
  @CsvSource({"here, false", "here, true", "there, false", "there, true"})
  void refusesDamagedFilesWithoutNamingThem(String agent, boolean stream) throws Exception {
    UUID damaged =
        fixture.store(
            work -> {
              Path file =
                  Coders.write(work, coder(1, model.config().width())).resolve("sae.safetensors");
              byte[] bytes = Files.readAllBytes(file);
              bytes[7] = 127; // the header ends far beyond the file
              Files.write(file, bytes);
            });

    Answer answer = ask(agent, "\"stream\": " + stream, explain(3, damaged));

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body())
        .contains("The transcoders %s are damaged".formatted(damaged))
        .doesNotContain("safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"here", "there"})
  void refusesTranscodersThatDoNotFitTheAgent(String agent) throws Exception {
    UUID deeper = fixture.store(work -> Coders.write(work, coder(7, model.config().width())));

    Answer answer = ask(agent, explain(3, deeper));

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body()).contains("a transcoder of layer 7");
  }

  @Test
  void deletedTranscodersAreGone() throws Exception {
    UUID deleted = fixture.store(work -> Coders.write(work, coder(1, model.config().width())));
    assertThat(ask("here", explain(3, deleted)).status()).isEqualTo(200);

    Answer gone =
        server.delete(USER, "/v1/models/%s/transcoders/%s".formatted(fixture.modelId(), deleted));

    assertThat(gone.status()).as(gone.body()).isEqualTo(204);
    assertThat(ask("here", explain(3, deleted)).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"explain\": 0,"})
  void transcodersAreForExplanations(String explain) throws Exception {
    Answer answer = ask("here", "%s \"transcodersId\": \"%s\"".formatted(explain, transcoders));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asString()).isEqualTo("hartonomous.transcodersId");
  }
}
