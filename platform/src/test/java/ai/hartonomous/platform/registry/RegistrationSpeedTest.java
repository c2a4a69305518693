package ai.hartonomous.platform.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.TestDatabase;
import ai.hartonomous.platform.TestServer;
import ai.hartonomous.platform.TestServer.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A model of 150,040 components registers in under a minute. The figure is printed.
@Tag("slow")
class RegistrationSpeedTest {

  private static final int LAYERS = 10;
  private static final int HEADS = 4;
  private static final int NEURONS = 15_000;
  private static final int WIDTH = 8;

  @TempDir private Path folder;

  /// Writes a Llama of zeros.
  private static void write(Path checkpoint) throws IOException {
    Files.createDirectories(checkpoint);
    Files.writeString(
        checkpoint.resolve("config.json"),
        """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
         "hidden_size": %d, "intermediate_size": %d, "num_attention_heads": %d,
         "num_key_value_heads": %d, "num_hidden_layers": %d, "head_dim": 2, "vocab_size": 10,
         "max_position_embeddings": 16, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
         "tie_word_embeddings": true, "torch_dtype": "float32"}
        """
            .formatted(WIDTH, NEURONS, HEADS, HEADS, LAYERS));
    var shapes = new LinkedHashMap<String, int[]>();
    shapes.put("model.embed_tokens.weight", new int[] {10, WIDTH});
    shapes.put("model.norm.weight", new int[] {WIDTH});
    for (int l = 0; l < LAYERS; l++) {
      String layer = "model.layers.%d.".formatted(l);
      shapes.put(layer + "input_layernorm.weight", new int[] {WIDTH});
      shapes.put(layer + "post_attention_layernorm.weight", new int[] {WIDTH});
      for (String projection : new String[] {"q", "k", "v", "o"}) {
        shapes.put(layer + "self_attn." + projection + "_proj.weight", new int[] {WIDTH, WIDTH});
      }
      shapes.put(layer + "mlp.gate_proj.weight", new int[] {NEURONS, WIDTH});
      shapes.put(layer + "mlp.up_proj.weight", new int[] {NEURONS, WIDTH});
      shapes.put(layer + "mlp.down_proj.weight", new int[] {WIDTH, NEURONS});
    }
    weights(checkpoint.resolve("model.safetensors"), shapes);
  }

  private static void weights(Path file, Map<String, int[]> shapes) throws IOException {
    var header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    long end = 0;
    for (var tensor : shapes.entrySet()) {
      int[] shape = tensor.getValue();
      long begin = end;
      end += 4L * shape[0] * (shape.length > 1 ? shape[1] : 1);
      header.append(
          ",\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(
                  tensor.getKey(),
                  shape.length > 1
                      ? "[%d,%d]".formatted(shape[0], shape[1])
                      : "[%d]".formatted(shape[0]),
                  begin,
                  end));
    }
    byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
      out.write(json);
      byte[] zeros = new byte[1 << 16];
      for (long left = end; left > 0; left -= zeros.length) {
        out.write(zeros, 0, (int) Math.min(left, zeros.length));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "postgresql"})
  void registersManyComponentsInUnderAMinute(String database) throws Exception {
    Path data = folder.resolve(database);
    Map<String, String> settings = database.equals("h2") ? Map.of() : TestDatabase.postgresql(data);
    try (var server = new TestServer(data, settings)) {
      write(data.resolve("imports").resolve("wide"));

      long start = System.nanoTime();
      Answer answer = server.post("ann", "/v1/models", "{\"name\":\"w\",\"path\":\"wide\"}");
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(answer.status()).as(answer.body()).isEqualTo(201);
      int components = answer.json().get("components").asInt();
      assertThat(components).isEqualTo(LAYERS * (HEADS + NEURONS));
      System.out.printf("%s: %,d components in %s%n", database, components, took);
      assertThat(took).isLessThan(Duration.ofMinutes(1));
    }
  }
}
