package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.SharedData;
import ai.hartonomous.model.tiny.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class HostileFolderTest {
  @TempDir Path temporary;
  private Path folder = Path.of("");

  @BeforeEach
  void write() throws IOException {
    folder = temporary.resolve("model");
    HuggingFaceWriter.write(Tiny.llama(2), folder, Dtype.F32, null);
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hidden_size | 13",
        "hidden_size | -12",
        "hidden_size | 12.0",
        "hidden_size | '12'",
        "hidden_size | 1e999",
        "hidden_size | 99999999999999999999",
        "intermediate_size | 2147483647",
        "num_hidden_layers | 2147483647",
        "num_hidden_layers | 3",
        "num_hidden_layers | 1",
        "num_attention_heads | 2147483647",
        "num_attention_heads | 0",
        "num_attention_heads | 6",
        "num_key_value_heads | 3",
        "head_dim | 2147483646",
        "head_dim | 3",
        "vocab_size | 2147483647",
        "rms_norm_eps | NaN",
        "rms_norm_eps | 0",
        "hidden_act | 'tanhshrink'",
        "rope_scaling | {'rope_type':'yarn','factor':2.0}",
        "rope_scaling | {'rope_type':'linear'}",
        "rope_scaling | []",
        "tie_word_embeddings | false",
        "tie_word_embeddings | 1",
        "attention_bias | true",
        "model_type | 'gpt2'",
        "model_type | 'falcon'",
        "model_type | null",
        "hartonomous_layers | []",
        "hartonomous_layers | [{'key_head_of':[7],'key_heads':1,'neurons':3},"
            + "{'key_head_of':[0],'key_heads':1,'neurons':3}]",
        "hartonomous_layers | [{'key_head_of':[0,0,0],'key_heads':1,'neurons':3},"
            + "{'key_head_of':[0],'key_heads':1,'neurons':3}]",
        "hartonomous_layers | [{'key_head_of':[0],'key_heads':1,'neurons':2147483647},"
            + "{'key_head_of':[0],'key_heads':1,'neurons':3}]"
      })
  void refusesConfigurations(String key, String value) throws IOException {
    var config = (ObjectNode) SharedData.json(folder.resolve("config.json"));
    config.remove(key);
    String rest = config.toString().substring(1);
    String entry = "{\"%s\":%s,".formatted(key, value.replace('\'', '"'));
    Files.writeString(folder.resolve("config.json"), entry + rest);

    assertThatThrownBy(this::load)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void namesTheSupportedFamilies() throws IOException {
    replace("config.json", "\"llama\"", "\"falcon\"");

    assertThatThrownBy(this::load)
        .hasMessageContaining("model_type")
        .hasMessageContaining("llama, mistral, qwen2, qwen3, gpt2, gpt_neox or toy_transformer")
        .hasMessageContaining("\"falcon\"");
  }

  @Test
  void refusesDuplicateKeys() throws IOException {
    replace("config.json", "{", "{\"hidden_size\": 12,");

    assertThatThrownBy(this::load)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("Duplicate");
  }

  @Test
  void namesTensorExpectedAndFoundShape() throws IOException {
    replace("config.json", "\"intermediate_size\": 10", "\"intermediate_size\": 11");

    assertThatThrownBy(this::load)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining("model.layers.0.mlp.gate_proj.weight")
        .hasMessageContaining("expected shape [11, 12], found shape [10, 12]");
  }

  @Test
  void readsShards() throws IOException {
    shard("model-00001-of-00001.safetensors");

    assertThatCode(this::load).doesNotThrowAnyException();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "../model/shard.safetensors",
        "/etc/passwd",
        "/tmp/x.safetensors",
        "sub/shard.safetensors",
        "..\\\\\\\\x.safetensors",
        ".hidden.safetensors",
        "shard.bin",
        "",
        "nul\\u0000.safetensors",
        "missing.safetensors"
      })
  void refusesPathTricksInAnIndex(String name) throws IOException {
    shard("shard.safetensors");
    replace("model.safetensors.index.json", "\"shard.safetensors\"", "\"" + name + "\"");

    assertThatThrownBy(this::load)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void refusesLinksOutOfTheFolder() throws IOException {
    Path outside = temporary.resolve("outside.safetensors");
    Files.move(folder.resolve("model.safetensors"), outside);
    Files.createSymbolicLink(folder.resolve("model.safetensors"), outside);

    assertThatThrownBy(this::load)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("link out of it");
  }

  @Test
  void refusesAnIndexThatPlacesATensorElsewhere() throws IOException {
    shard("shard.safetensors");
    replace("model.safetensors.index.json", "\"model.norm.weight\"", "\"model.other.weight\"");

    assertThatThrownBy(this::load)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("model.norm.weight");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "pytorch_model.bin",
        "pytorch_model.bin.index.json",
        "model.pth",
        "a.pt",
        "b.ckpt"
      })
  void refusesFoldersOfPickles(String name) throws IOException {
    Files.move(folder.resolve("model.safetensors"), folder.resolve(name));

    assertThatThrownBy(this::load)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("pickle")
        .hasMessageContaining("convert");
  }

  @Test
  @Tag("weights")
  void refusesARealPickleByNameAndByContent() throws IOException {
    Path pickle = SharedData.folder("toy-induction-gbmi").resolve("original/model.pth");
    Path disguised = Files.copy(pickle, temporary.resolve("model.bin"));

    Path original = SharedData.folder("toy-induction-gbmi").resolve("original");
    for (Path path : List.of(pickle, disguised, original)) {
      assertThatThrownBy(() -> Checkpoints.open(path))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("pickle");
    }
  }

  @Test
  void refusesWhatIsNoCheckpoint() throws IOException {
    Path text = Files.writeString(temporary.resolve("notes.txt"), "hello");
    Path empty = Files.createDirectory(temporary.resolve("empty"));

    assertThatThrownBy(() -> Checkpoints.open(text)).isInstanceOf(CheckpointException.class);
    assertThatThrownBy(() -> Checkpoints.open(empty)).isInstanceOf(CheckpointException.class);
    assertThatThrownBy(() -> Checkpoints.open(temporary.resolve("absent")))
        .isInstanceOf(NoSuchFileException.class);
  }

  private void load() throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(folder)) {
      checkpoint.load();
    }
  }

  private void replace(String file, String from, String to) throws IOException {
    String text = Files.readString(folder.resolve(file));
    int at = text.indexOf(from);
    if (at < 0) {
      throw new IllegalArgumentException(from + " is not in " + text);
    }
    Files.writeString(
        folder.resolve(file), text.substring(0, at) + to + text.substring(at + from.length()));
  }

  private void shard(String name) throws IOException {
    Files.move(folder.resolve("model.safetensors"), folder.resolve(name));
    StringBuilder map = new StringBuilder();
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(name))) {
      for (String tensor : file.tensors().keySet()) {
        map.append(map.isEmpty() ? "" : ",");
        map.append("\"%s\":\"%s\"".formatted(tensor, name));
      }
    }
    Files.writeString(
        folder.resolve("model.safetensors.index.json"), "{\"weight_map\":{%s}}".formatted(map));
  }
}
