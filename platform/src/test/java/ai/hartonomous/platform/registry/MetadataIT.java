package ai.hartonomous.platform.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.platform.Tars;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MetadataIT {

  private static final String CARD =
      """
      ---
      license: apache-2.0
      datasets: [tiny-texts]
      base_model: small/one
      model-index:
      - name: tiny
        results:
        - metrics: [{type: accuracy, value: 0.75}]
      ---
      # Tiny

      ### Training hyperparameters

      The following hyperparameters were used during training:
      - learning_rate: 5e-05
      - train_batch_size: 8
      - optimizer: Adam with betas=(0.9,0.999)

      ### Training results
      - loss: 3
      """;

  private static final String STATE =
      """
      {"best_metric": null, "epoch": 2.0, "global_step": 40, "max_steps": 40,
       "num_train_epochs": 2, "train_batch_size": 8,
       "log_history": [
         {"step": 20, "loss": 3.5, "learning_rate": 2.5e-05},
         {"step": 40, "loss": 2.5, "learning_rate": 0.0},
         {"step": 40, "eval_loss": 2.25},
         {"step": 40, "train_loss": 3.0, "train_runtime": 12.5}]}
      """;

  private final TestServer server = TestServer.shared();

  @TempDir private Path folder;

  @BeforeEach
  void write() throws Exception {
    HuggingFaceWriter.write(Tiny.llama(1), folder, Dtype.F32, null);
  }

  private JsonNode uploaded() throws Exception {
    Answer answer =
        server.send(
            "mia",
            "POST",
            "/v1/models?name=stated",
            BodyPublishers.ofByteArray(Tars.of(folder)),
            "application/x-tar");
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json();
  }

  private JsonNode metadata(JsonNode model) throws Exception {
    return server.get("mia", "/v1/models/%s/metadata".formatted(model.get("id").asString())).json();
  }

  @Test
  void takesOverWhatCardAndTrainerState() throws Exception {
    Files.writeString(folder.resolve("README.md"), CARD);
    Files.writeString(folder.resolve("trainer_state.json"), STATE);
    Files.writeString(folder.resolve("generation_config.json"), "{\"temperature\": 0.5}");

    JsonNode model = uploaded();
    JsonNode found = metadata(model);

    assertThat(model.get("modelType").asString()).isEqualTo("transformer");
    assertThat(model.get("framework").asString()).isEqualTo("pytorch");
    assertThat(model.get("licence").asString()).isEqualTo("apache-2.0");
    assertThat(found.at("/architecture/model_type").asString()).isEqualTo("transformer");
    assertThat(found.at("/architecture/layers").asInt()).isEqualTo(2);
    assertThat(found.at("/hyperparameters/learning_rate").asDouble()).isEqualTo(5e-5);
    assertThat(found.at("/hyperparameters/train_batch_size").asInt()).isEqualTo(8);
    assertThat(found.at("/hyperparameters/loss").isMissingNode()).isTrue();
    assertThat(found.at("/trainingConfig/datasets/0").asString()).isEqualTo("tiny-texts");
    assertThat(found.at("/trainingConfig/max_steps").asInt()).isEqualTo(40);
    assertThat(found.at("/trainingMetrics/loss").asDouble()).isEqualTo(2.5);
    assertThat(found.at("/trainingMetrics/eval_loss").asDouble()).isEqualTo(2.25);
    assertThat(found.at("/trainingMetrics/best_metric").isMissingNode()).isTrue();
    assertThat(found.at("/trainingMetrics/model_index/0/name").asString()).isEqualTo("tiny");
    assertThat(found.at("/config/model_type").asString()).isEqualTo("llama");
    assertThat(found.at("/generationConfig/temperature").asDouble()).isEqualTo(0.5);
    assertThat(found.at("/card/base_model").asString()).isEqualTo("small/one");
  }

  @Test
  void leavesOutWhatIsNotStated() throws Exception {
    JsonNode found = metadata(uploaded());

    assertThat(found.has("trainingConfig")).isFalse();
    assertThat(found.has("trainingMetrics")).isFalse();
    assertThat(found.has("generationConfig")).isFalse();
    assertThat(found.has("card")).isFalse();
    assertThat(found.at("/hyperparameters/learning_rate").isMissingNode()).isTrue();
  }

  @Test
  void passesOverDamagedAndHostileDocuments() throws Exception {
    Files.write(folder.resolve("README.md"), new byte[] {'-', '-', '-', '\n', (byte) 0xff});
    Files.writeString(folder.resolve("trainer_state.json"), "{\"epoch\": ");
    Files.writeString(
        folder.resolve("generation_config.json"),
        "{\"a\\u0000b\": \"c\\u0000d\", \"n\": 1E999999, \"text\": \"\\u00e9\"}",
        StandardCharsets.UTF_8);

    JsonNode found = metadata(uploaded());

    assertThat(found.has("trainingMetrics")).isFalse();
    assertThat(found.at("/generationConfig/ab").asString()).isEqualTo("cd");
    assertThat(found.at("/generationConfig/text").asString()).isEqualTo("\u00e9");
  }

  @Test
  void expandsNoBillionLaughs() throws Exception {
    var card = new StringBuilder("---\na0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      card.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    Files.writeString(folder.resolve("README.md"), card.append("---\n"));

    assertThat(metadata(uploaded()).has("card")).isFalse();
  }

  @Test
  void hidesTheDocumentsOfOthers() throws Exception {
    String id = uploaded().get("id").asString();

    assertThat(server.get("bob", "/v1/models/" + id + "/metadata").status()).isEqualTo(404);
  }
}
