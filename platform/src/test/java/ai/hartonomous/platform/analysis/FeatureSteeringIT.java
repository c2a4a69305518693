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
import ai.hartonomous.tensor.Matrix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// An agent made from a model, and a transcoder of the model whose feature 2 writes the row of the
/// token `h` of the output matrix.
@TestInstance(Lifecycle.PER_CLASS)
class FeatureSteeringIT {

  private static final String USER = "flora";
  private static final String TEXT = "/openai/v1/completions";
  private static final int LAYER = 1;
  private static final int TOKEN = 7;

  private final TestServer server = TestServer.shared();
  private final Model model = Tiny.llama(1);
  private TranscoderFixture fixture;
  private UUID transcoders;

  @BeforeAll
  void deploy(@TempDir Path folder) throws Exception {
    fixture = new TranscoderFixture(server, USER, model, folder);
    deploy("steered", List.of(fixture.modelId()));
    deploy("composed", List.of(fixture.modelId(), UUID.randomUUID()));
    deploy("foreign", List.of(UUID.randomUUID()));
    transcoders = fixture.store(work -> Coders.write(work, stored()));
  }

  private void deploy(String name, List<UUID> sources) throws Exception {
    fixture.deploy(name, sources, fixture::writeModel, "");
  }

  private StoredCoder stored() {
    int width = model.config().width();
    Matrix decoder = Matrix.zeros(3, width);
    model.weights().output().weight().readRow(TOKEN, decoder.data(), decoder.rowOffset(2));
    var weights =
        new CoderWeights(
            Matrix.zeros(3, width), new float[3], decoder, new float[width], null, null);
    HookPair mlp = HookPair.mlp(LAYER);
    var coder = new SparseCoder(mlp.reads(), mlp.writes(), new CoderActivation.TopK(1), weights);
    return new StoredCoder(coder, CoderNotes.NONE);
  }

  private Answer ask(String agent, String steer) throws Exception {
    return server.post(
        USER,
        TEXT,
        """
        {"model": "%s", "prompt": "a b c", "max_tokens": 3, "temperature": 0,
         "hartonomous": {"explain": 2, "steer": [%s]}}"""
            .formatted(agent, steer));
  }

  private static String feature(UUID transcoders, String feature, double add) {
    return "{\"component\": \"%s\", \"transcodersId\": \"%s\", \"add\": %s}"
        .formatted(feature, transcoders, add);
  }

  private static List<String> tokens(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    List<String> tokens = new ArrayList<>();
    for (JsonNode token : told(answer)) {
      tokens.add(token.get("token").asString());
    }
    return tokens;
  }

  private static JsonNode told(Answer answer) {
    return answer.json().at("/hartonomous/explanations/0/tokens");
  }

  @Test
  void addingNothingChangesNothing() throws Exception {
    Answer plain = ask("steered", "");
    Answer none = ask("steered", feature(transcoders, "layers.1.features.2", 0));

    assertThat(tokens(none)).hasSize(3);
    assertThat(told(none)).isEqualTo(told(plain));
    assertThat(none.json().get("choices")).isEqualTo(plain.json().get("choices"));
  }

  @Test
  void aFeatureThatWritesATokenWritesItAndTheAuditLogSaysSo() throws Exception {
    String plain = tokens(ask("steered", "")).toString();

    Answer much = ask("steered", feature(transcoders, "layers.1.features.2", 10_000));

    assertThat(tokens(much)).containsOnly("h").hasSize(3);
    assertThat(plain).isNotEqualTo("[h, h, h]");
    assertThat(server.get(USER, "/v1/audit").body())
        .contains("agent.steer")
        .contains("layers.1.features.2+10000.0@" + transcoders);
  }

  @Test
  void whatAFeatureAddsIsPartOfTheExplanation() throws Exception {
    Answer some = ask("steered", feature(transcoders, "layers.1.features.2", 2));

    assertThat(told(some)).hasSize(3);
    for (JsonNode token : told(some)) {
      double sum = 0;
      for (JsonNode component : token.get("components")) {
        sum += component.get("contribution").asDouble();
      }
      for (JsonNode part : token.get("rest")) {
        sum += part.asDouble();
      }
      assertThat(token.at("/rest/steering").asDouble()).isNotZero();
      assertThat(sum).isCloseTo(token.get("logit").asDouble(), within(1e-4));
    }
  }

  @Test
  void transcodersOfOthersAreNotThere() throws Exception {
    UUID agent = AgentFixture.storeContent(server, "eve", "steered", fixture::writeModel);
    assertThat(server.post("eve", "/v1/agents/" + agent + "/deployments", "").status())
        .isEqualTo(201);

    Answer answer =
        server.post(
            "eve",
            TEXT,
            "{\"model\": \"steered\", \"prompt\": \"a\", \"hartonomous\": {\"steer\": [%s]}}"
                .formatted(feature(transcoders, "layers.1.features.2", 1)));

    assertThat(answer.status()).as(answer.body()).isEqualTo(404);
    assertThat(answer.body()).contains(transcoders.toString());
    assertThat(server.get("eve", "/v1/audit").body()).doesNotContain("agent.steer");
  }

  @ParameterizedTest
  @CsvSource({
    "steered, layers.1.features.3, have no layers.1.features.3",
    "steered, layers.0.features.2, have no layers.0.features.2",
    "composed, layers.1.features.2, not the only source",
    "foreign, layers.1.features.2, not the only source",
  })
  void refusesAFeatureThatIsNotTheAgents(String agent, String feature, String reason)
      throws Exception {
    Answer answer = ask(agent, feature(transcoders, feature, 1));

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body()).contains(reason);
  }

  @Test
  void refusesADamagedFileWithoutNamingIt() throws Exception {
    UUID damaged =
        fixture.store(
            work -> {
              Path file = Coders.write(work, stored()).resolve("sae.safetensors");
              byte[] bytes = Files.readAllBytes(file);
              bytes[7] = 127; // the header ends far beyond the file
              Files.write(file, bytes);
            });

    Answer answer = ask("steered", feature(damaged, "layers.1.features.2", 1));

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body())
        .contains("The transcoders %s are damaged".formatted(damaged))
        .doesNotContain("safetensors");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"component\":\"layers.1.features.2\",\"add\":1} | transcodersId",
        "{\"component\":\"layers.1.features.2\",\"transcodersId\":\"ID\"} | add",
        "{\"component\":\"layers.1.features.2\",\"transcodersId\":\"ID\",\"add\":1e7} | add",
        "{\"component\":\"layers.1.features.2\",\"transcodersId\":\"ID\",\"add\":1,\"factor\":1} | factor",
        "{\"component\":\"layers.1.heads.0\",\"factor\":1,\"add\":1} | add",
        "{\"component\":\"layers.1.heads.0\",\"factor\":1,\"transcodersId\":\"ID\"} | transcodersId",
      })
  void namesTheFieldThatIsWrong(String steer, String field) throws Exception {
    Answer answer = ask("steered", steer.replace("ID", transcoders.toString()));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asString())
        .isEqualTo("hartonomous.steer[0]." + field);
  }
}
