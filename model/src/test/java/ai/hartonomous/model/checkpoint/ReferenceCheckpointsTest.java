package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.SharedData;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Tag("weights")
class ReferenceCheckpointsTest {
  @TempDir Path temporary;

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "model-stories260k",
        "model-gpt2-shakespeare",
        "model-gpt2-sort-nano",
        "model-neox-sherlock",
        "toy-induction-gbmi",
        "tracr-reverse",
        "tracr-frac-prevs"
      })
  void givesTheReferenceLogits(String name) throws IOException {
    Path folder = SharedData.folder(name);
    Model model = load(folder);

    for (JsonNode prompt : SharedData.json(folder.resolve("reference.json")).get("prompts")) {
      int[] ids = SharedData.ints(prompt.get("ids"));
      float[] all = SameModel.logits(model, ids);
      int outputs = model.config().extents().outputs();
      float[] last = Arrays.copyOfRange(all, all.length - outputs, all.length);
      int[] top = SharedData.ints(prompt.get("top_ids"));
      for (int i = 0; i < top.length; i++) {
        double expected = prompt.get("top_logits").get(i).doubleValue();
        // The references say that float32 comes within 6e-5 of the float64 evaluation.
        assertThat((double) last[top[i]]).isCloseTo(expected, within(1e-4));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "model-stories260k",
        "model-gpt2-shakespeare",
        "model-gpt2-sort-nano",
        "model-neox-sherlock",
        "toy-induction-gbmi",
        "tracr-reverse",
        "tracr-frac-prevs"
      })
  void writingAndReadingAgainChangesNothing(String name) throws IOException {
    Path folder = SharedData.folder(name);
    Model model = load(folder);

    HuggingFaceWriter.write(model, temporary.resolve("out"), Dtype.F32, folder);
    Model again = load(temporary.resolve("out"));

    SameModel.assertConfig(again.config(), model.config());
    SameModel.assertWeights(again, model, UnaryOperator.identity());
  }

  @Test
  void hashesConfigurationAndWeights() throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(SharedData.folder("model-stories260k"))) {
      assertThat(checkpoint.format()).isEqualTo("huggingface");
      assertThat(checkpoint.dtype()).isEqualTo("F32");
      assertThat(checkpoint.sizeBytes()).isEqualTo(610 + 1044992);
      assertThat(checkpoint.contentHash()).matches("[0-9a-f]{64}");
      assertThat(checkpoint.contentHash()).isEqualTo(checkpoint.contentHash());
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"", "original/stories260K.bin"})
  void opensTheTokenizerBesideTheWeights(String path) throws IOException {
    Path stories = SharedData.folder("model-stories260k");
    try (Checkpoint checkpoint = Checkpoints.open(stories.resolve(path))) {
      assertThat(checkpoint.tokenizer().vocabularySize()).isEqualTo(512);
    }
  }

  private static Model load(Path path) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(path)) {
      return checkpoint.load();
    }
  }
}
