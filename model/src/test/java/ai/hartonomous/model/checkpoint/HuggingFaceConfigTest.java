package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.model.SharedData;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Positions.Rotated;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class HuggingFaceConfigTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path temporary;

  @Test
  void readsRopeParametersOfNewerVersions() throws IOException {
    String parameters = "{'rope_theta': 500000.0, 'rope_type': 'linear', 'factor': 2.0}";

    ModelConfig config =
        edited(Tiny.llama(1), "{'rope_parameters': %s, 'rope_theta': 7}".formatted(parameters));

    Rotated rotated = (Rotated) config.positions();
    assertThat(rotated.theta()).isEqualTo(500000);
    assertThat(rotated.inverseFrequencies()[0]).isEqualTo(0.5);
    assertThat(rotated.scaling()).isEqualTo("{\"rope_type\":\"linear\",\"factor\":2.0}");
  }

  /// Values of `transformers.modeling_rope_utils._compute_llama3_parameters` follow from its
  /// formula: wavelengths below 8192/4 stay, above 8192/1 divide by the factor.
  @Test
  void scalesLongWavelengthsOnlyAsLlama3Does() {
    var scaling = new RotaryScaling(8, new RotaryScaling.Ramp(1, 4, 8192));

    assertThat(scaling.scale(1)).isEqualTo(1);
    assertThat(scaling.scale(1e-5)).isEqualTo(1e-5 / 8);
    double middle = 2 * Math.PI / 4096; // 8192 / 4096 = 2, a third of the way from 1 to 4
    assertThat(scaling.scale(middle)).isCloseTo(middle * (2.0 / 3 / 8 + 1.0 / 3), within(1e-12));
  }

  @ParameterizedTest(name = "{0} {1} gives window {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mistral | {'sliding_window': null} | 0",
        "mistral | {'sliding_window': 9} | 9",
        "mistral | {'-sliding_window': 0} | 4096",
        "qwen2 | {'use_sliding_window': false, 'sliding_window': 9} | 0",
        "qwen2 | {'use_sliding_window': true, 'sliding_window': 9, 'max_window_layers': 0} | 9",
        "qwen2 | {'use_sliding_window': true, 'sliding_window': 9, 'max_window_layers': 2} | 0",
        "qwen2 | {'layer_types': ['full_attention', 'full_attention']} | 0"
      })
  void readsWindows(String family, String changes, int window) throws IOException {
    Model model = family.equals("mistral") ? Tiny.mistral(1) : Tiny.qwen2(1);

    assertThat(edited(model, changes).block().window()).isEqualTo(window);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'use_sliding_window': true, 'sliding_window': 9, 'max_window_layers': 1}",
        "{'layer_types': ['full_attention', 'sliding_attention']}"
      })
  void refusesWindowsThatDifferBetweenLayers(String changes) {
    assertThatThrownBy(() -> edited(Tiny.qwen2(1), changes))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("one kind of attention in all layers");
  }

  @Test
  void tiesGpt2ByDefaultAndNeoxNot() throws IOException {
    assertThat(edited(Tiny.gpt2(1), "{'-tie_word_embeddings': 0}").tied()).isTrue();
    assertThat(edited(Tiny.neox(1), "{'-tie_word_embeddings': 0}").tied()).isFalse();
  }

  @Test
  void ignoresBuffersThatCanBeComputed() throws IOException {
    Path folder = temporary.resolve("model");
    HuggingFaceWriter.write(Tiny.gpt2(1), folder, Dtype.F32, null);
    Path weights = folder.resolve("model.safetensors");
    List<SafetensorsWriter.Tensor> tensors = new ArrayList<>();
    try (SafetensorsFile file = SafetensorsFile.open(weights)) {
      for (StoredTensor tensor : file.tensors().values()) {
        float[] numbers = tensor.read();
        String bare = tensor.name().replaceFirst("^transformer\\.", "");
        tensors.add(new SafetensorsWriter.Tensor(bare, tensor.shape(), () -> numbers));
      }
    }
    tensors.add(new SafetensorsWriter.Tensor("h.0.attn.bias", List.of(1L), () -> new float[1]));
    Files.delete(weights);
    SafetensorsWriter.write(weights, tensors, Dtype.F32);

    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      SameModel.assertLogits(checkpoint.load(), Tiny.gpt2(1));
    }
  }

  /// The description after some keys of config.json were set, or removed where a minus precedes
  /// them.
  private ModelConfig edited(Model model, String changes) throws IOException {
    Path folder = temporary.resolve(model.config().family());
    HuggingFaceWriter.write(model, folder, Dtype.F32, null);
    Path file = folder.resolve("config.json");
    ObjectNode config = (ObjectNode) SharedData.json(file);
    ObjectNode edits = (ObjectNode) JSON.readTree(changes.replace('\'', '"'));
    for (String key : edits.propertyNames()) {
      if (key.startsWith("-")) {
        config.remove(key.substring(1));
      } else {
        config.set(key, edits.get(key));
      }
    }
    Files.writeString(file, JSON.writeValueAsString(config));
    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      return checkpoint.config();
    }
  }
}
