package ai.hartonomous.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Block;
import ai.hartonomous.model.transformer.ModelConfig.Positions;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Bf16Matrix;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HuggingFaceWriterTest {
  @TempDir Path folder;

  static Stream<Tiny.Named> models() {
    return Tiny.all(5).stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void readingWhatWasWrittenGivesItBack(Tiny.Named named) throws IOException {
    Model read = roundTrip(named.model(), Dtype.F32);

    SameModel.assertConfig(read.config(), named.model().config());
    SameModel.assertWeights(read, named.model(), UnaryOperator.identity());
    SameModel.assertLogits(read, named.model());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void halfPrecisionRoundsEachNumberOnce(Tiny.Named named) throws IOException {
    Model read = roundTrip(named.model(), Dtype.F16);

    SameModel.assertWeights(
        read, named.model(), x -> Float.float16ToFloat(Float.floatToFloat16(x)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void brainFloatRoundsEachNumberOnce(Tiny.Named named) throws IOException {
    Model read = roundTrip(named.model(), Dtype.BF16);

    SameModel.assertWeights(
        read, named.model(), x -> Float.intBitsToFloat(Bf16Matrix.round(x) << 16));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void theSameModelGivesTheSameBytes(Tiny.Named named) throws IOException {
    HuggingFaceWriter.write(named.model(), folder.resolve("a"), Dtype.F32, null);
    HuggingFaceWriter.write(named.model(), folder.resolve("b"), Dtype.F32, null);

    for (String file : List.of("config.json", "model.safetensors")) {
      assertThat(folder.resolve("a").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("b").resolve(file));
    }
  }

  @ParameterizedTest(name = "{0} is written as {1}")
  @CsvSource({
    "llama, llama",
    "mistral, mistral",
    "qwen2, qwen2",
    "qwen3, qwen3",
    "gpt2, gpt2",
    "gpt_neox, gpt_neox",
    "toy, toy_transformer",
    "llama-ragged, llama",
    "gpt2-ragged, gpt2"
  })
  void keepsTheFamilyWhereItCanExpressTheModel(String name, String type) throws IOException {
    Model model =
        Tiny.all(5).stream().filter(named -> named.name().equals(name)).findFirst().get().model();

    HuggingFaceWriter.write(model, folder.resolve("out"), Dtype.F32, null);

    String config = Files.readString(folder.resolve("out/config.json"));
    assertThat(config).contains("\"model_type\": \"" + type + "\"");
    assertThat(config.contains("hartonomous_layers")).isEqualTo(name.endsWith("-ragged"));
  }

  @Test
  void windowBesideBiasesBecomesATypeThatOthersRefuse() throws IOException {
    Model ragged = Tiny.llamaRagged(5);
    Block block = ragged.config().block();
    var windowed =
        new Block(
            block.parallel(),
            block.activation(),
            block.gated(),
            block.causal(),
            3,
            block.attentionScale());
    Model model =
        new Model(with(ragged.config(), ragged.config().positions(), windowed), ragged.weights());

    Model read = roundTrip(model, Dtype.F32);

    assertThat(Files.readString(folder.resolve("out/config.json")))
        .contains("\"model_type\": \"hartonomous_llama\"");
    SameModel.assertConfig(read.config(), model.config());
    SameModel.assertLogits(read, model);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "linear | {'rope_type':'linear','factor':4.0}",
        "llama3 | {'rope_type':'llama3','factor':8.0,'low_freq_factor':1.0,"
            + "'high_freq_factor':4.0,'original_max_position_embeddings':64}"
      })
  void rotaryScalingSurvives(String name, String json) throws IOException {
    Model llama = Tiny.llama(5);
    RotaryScaling scaling =
        name.equals("linear")
            ? new RotaryScaling(4, null)
            : new RotaryScaling(8, new RotaryScaling.Ramp(1, 4, 64));
    Positions positions = RotaryScaling.positions(4, 500000, scaling);
    Model model =
        new Model(with(llama.config(), positions, llama.config().block()), llama.weights());

    Model read = roundTrip(model, Dtype.F32);

    assertThat(((Positions.Rotated) read.config().positions()).scaling())
        .isEqualTo(json.replace('\'', '"'));
    SameModel.assertConfig(read.config(), model.config());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void raggedLayersKeepTheirWidths(Tiny.Named named) throws IOException {
    assumeThat(named.name()).doesNotStartWith("toy");
    HuggingFaceWriter.write(named.model(), folder.resolve("equal"), Dtype.F32, null);

    HuggingFaceWriter.writeRagged(named.model(), folder.resolve("own"), Dtype.F32);

    try (Checkpoint own = Checkpoints.open(folder.resolve("own"));
        Checkpoint equal = Checkpoints.open(folder.resolve("equal"))) {
      SameModel.assertConfig(own.load().config(), named.model().config());
      SameModel.assertWeights(own.load(), named.model(), UnaryOperator.identity());
      SameModel.assertLogits(own.load(), named.model());
      assertThat(numbers(own) < numbers(equal)).isEqualTo(HuggingFaceWriter.pads(named.model()));
      assertThat(HuggingFaceWriter.pads(named.model())).isEqualTo(named.name().endsWith("ragged"));
    }
    assertThat(Files.readString(folder.resolve("own/config.json")))
        .contains("\"model_type\": \"hartonomous_ragged\"");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void saysWhereEveryWeightStands(Tiny.Named named) throws IOException {
    assumeThat(named.name()).doesNotStartWith("toy");
    HuggingFaceWriter.write(named.model(), folder.resolve("out"), Dtype.F32, null);

    try (Checkpoint checkpoint = Checkpoints.open(folder.resolve("out"))) {
      Map<String, ParameterPlace> places =
          checkpoint.parameterPlaces().stream()
              .collect(Collectors.toMap(ParameterPlace::parameter, Function.identity()));
      for (Weights.Parameter parameter : checkpoint.load().weights().parameters()) {
        assertThat(places).containsKey(parameter.name());
        ParameterPlace place = Objects.requireNonNull(places.get(parameter.name()));
        assertThat(place.rows().length * place.columns().length)
            .isEqualTo(parameter.rows() * parameter.cols());
        float[] stored = tensor(checkpoint, place).read();
        if (place.order() == ParameterPlace.Order.ROWS) {
          int width = stored.length / tensor(checkpoint, place).shape().getFirst().intValue();
          int last = place.rows().length - 1;
          assertThat(stored[place.rows()[last] * width + place.columns()[0]])
              .isEqualTo(parameter.data()[last * place.columns().length]);
        }
      }
    }
  }

  private static StoredTensor tensor(Checkpoint checkpoint, ParameterPlace place) {
    return Objects.requireNonNull(checkpoint.tensors().get(place.tensor()));
  }

  private static long numbers(Checkpoint checkpoint) {
    return checkpoint.tensors().values().stream().mapToLong(StoredTensor::elements).sum();
  }

  @Test
  void copiesTokenizerFilesAndTokenIds() throws IOException {
    Path source = Files.createDirectory(folder.resolve("source"));
    Files.writeString(source.resolve("tokenizer.json"), "{}");
    Files.writeString(
        source.resolve("config.json"), "{\"bos_token_id\": 1, \"eos_token_id\": [2]}");

    HuggingFaceWriter.write(Tiny.llama(5), folder.resolve("out"), Dtype.F32, source);

    assertThat(folder.resolve("out/tokenizer.json")).hasContent("{}");
    assertThat(Files.readString(folder.resolve("out/config.json")))
        .contains("\"bos_token_id\": 1")
        .contains("\"eos_token_id\": [");
  }

  @Test
  void leavesNothingBehindWhenItFails() throws IOException {
    Model llama = Tiny.llama(5);
    Model impossible = new Model(llama.config(), Tiny.llamaRagged(5).weights());

    assertThatThrownBy(
            () -> HuggingFaceWriter.write(impossible, folder.resolve("out"), Dtype.F32, null))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesAFolderThatIsInUse() throws IOException {
    Files.writeString(folder.resolve("precious.txt"), "kept");

    assertThatThrownBy(() -> HuggingFaceWriter.write(Tiny.llama(5), folder, Dtype.F32, null))
        .isInstanceOf(DirectoryNotEmptyException.class);

    assertThat(folder.resolve("precious.txt")).hasContent("kept");
  }

  private Model roundTrip(Model model, Dtype dtype) throws IOException {
    HuggingFaceWriter.write(model, folder.resolve("out"), dtype, null);
    try (Checkpoint checkpoint = Checkpoints.open(folder.resolve("out"))) {
      assertThat(checkpoint.dtype()).isEqualTo(dtype.name());
      return checkpoint.load();
    }
  }

  private static ModelConfig with(ModelConfig config, Positions positions, Block block) {
    return new ModelConfig(
        config.family(),
        config.extents(),
        positions,
        config.norm(),
        block,
        config.tied(),
        config.layers());
  }
}
