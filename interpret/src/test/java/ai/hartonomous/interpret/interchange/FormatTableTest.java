package ai.hartonomous.interpret.interchange;

import static ai.hartonomous.interpret.interchange.RandomCoders.LATENTS;
import static ai.hartonomous.interpret.interchange.RandomCoders.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.transcoder.SparseCoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What we write, read back by the other libraries' rules: names and shapes as their strict loaders
/// want them, and their forward pass, written in plain loops from their source, gives the numbers
/// of our coder. Coders of random weights; trained ones: {@link TrainedFormatTest}.
class FormatTableTest {
  @TempDir private Path store;

  private static final float[] X = RandomCoders.numbers(77, WIDTH);

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"skip, topk", "transcoder, topk", "autoencoder, topk", "skip, relu"})
  void sparsifyFindsItsKeysShapesAndValues(String kind, String activation) throws IOException {
    SparseCoder coder = coder(kind, activation);

    Path folder = Coders.write(store, new StoredCoder(coder, CoderNotes.NONE));

    JsonNode cfg = PlainReaders.json(folder.resolve("cfg.json"));
    PlainSafetensors file = PlainSafetensors.read(folder.resolve("sae.safetensors"));
    boolean skip = kind.equals("skip");
    assertThat(cfg.path("activation").asString()).isEqualTo("topk");
    assertThat(cfg.path("num_latents").isInt()).isTrue();
    assertThat(cfg.path("num_latents").asInt()).isEqualTo(LATENTS);
    assertThat(cfg.path("d_in").asInt()).isEqualTo(WIDTH);
    assertThat(cfg.path("k").asInt()).isEqualTo(activation.equals("topk") ? 3 : LATENTS);
    assertThat(cfg.path("expansion_factor").isInt()).isTrue();
    assertThat(cfg.path("multi_topk").isBoolean()).isTrue();
    assertThat(cfg.path("normalize_decoder").isBoolean()).isTrue();
    assertThat(cfg.path("skip_connection").asBoolean()).isEqualTo(skip);
    assertThat(cfg.path("transcode").asBoolean()).isEqualTo(!kind.equals("autoencoder"));
    Set<String> names = new TreeSet<>(List.of("encoder.weight", "encoder.bias", "W_dec", "b_dec"));
    if (skip) {
      names.add("W_skip");
      assertThat(file.shape("W_skip")).containsExactly(WIDTH, WIDTH);
    }
    assertThat(file.shapes().keySet()).isEqualTo(names);
    assertThat(file.shape("encoder.weight")).containsExactly(LATENTS, WIDTH);
    assertThat(file.shape("encoder.bias")).containsExactly(LATENTS);
    assertThat(file.shape("W_dec")).containsExactly(LATENTS, WIDTH);
    assertThat(file.shape("b_dec")).containsExactly(WIDTH);
    assertSame(PlainReaders.sparsify(cfg, file, X), RandomCoders.output(coder, X));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "skip, jumprelu, jumprelu_skip_transcoder",
    "skip, relu, skip_transcoder",
    "transcoder, jumprelu, jumprelu_transcoder",
    "transcoder, relu, transcoder",
    "autoencoder, topk, topk",
    "autoencoder, relu, standard",
    "autoencoder, jumprelu, jumprelu"
  })
  void saeLensFindsItsKeysShapesAndValues(String kind, String activation, String architecture)
      throws IOException {
    SparseCoder coder = coder(kind, activation);

    Path folder = Coders.writeSaeLens(store, new StoredCoder(coder, CoderNotes.NONE), "tiny");

    JsonNode cfg = PlainReaders.json(folder.resolve("cfg.json"));
    PlainSafetensors file = PlainSafetensors.read(folder.resolve("sae_weights.safetensors"));
    boolean transcodes = !kind.equals("autoencoder");
    assertThat(cfg.path("architecture").asString()).isEqualTo(architecture);
    assertThat(cfg.path("d_in").asInt()).isEqualTo(WIDTH);
    assertThat(cfg.path("d_sae").asInt()).isEqualTo(LATENTS);
    assertThat(cfg.path("dtype").asString()).isEqualTo("float32");
    assertThat(cfg.path("normalize_activations").asString()).isEqualTo("none");
    assertThat(cfg.path("apply_b_dec_to_input").asBoolean()).isEqualTo(!transcodes);
    assertThat(cfg.has("d_out")).isEqualTo(transcodes);
    JsonNode metadata = cfg.path("metadata");
    assertThat(metadata.path("model_name").asString()).isEqualTo("tiny");
    assertThat(metadata.path("hook_name").asString())
        .isEqualTo(transcodes ? "blocks.3.mlp.hook_in" : "blocks.2.hook_resid_post");
    assertThat(metadata.has("hook_name_out")).isEqualTo(transcodes);
    Set<String> names = new TreeSet<>(List.of("W_enc", "b_enc", "W_dec", "b_dec"));
    if (kind.equals("skip")) {
      names.add("W_skip");
    }
    if (activation.equals("jumprelu")) {
      names.add("threshold");
      assertThat(file.shape("threshold")).containsExactly(LATENTS);
    }
    assertThat(file.shapes().keySet()).isEqualTo(names);
    assertThat(file.shape("W_enc")).containsExactly(WIDTH, LATENTS);
    assertThat(file.shape("W_dec")).containsExactly(LATENTS, WIDTH);
    assertSame(PlainReaders.saeLens(cfg, file, X), RandomCoders.output(coder, X));
  }

  private static SparseCoder coder(String kind, String activation) {
    return switch (kind) {
      case "skip" -> RandomCoders.skip(RandomCoders.activation(activation));
      case "transcoder" -> RandomCoders.transcoder(RandomCoders.activation(activation));
      default -> RandomCoders.autoencoder(RandomCoders.activation(activation));
    };
  }

  /// Sums of at most 11 + 5 + 1 products of numbers near 1, in single precision here.
  private static void assertSame(double[] expected, float[] found) {
    for (int o = 0; o < WIDTH; o++) {
      assertThat((double) found[o]).isCloseTo(expected[o], within(2e-5));
    }
  }
}
