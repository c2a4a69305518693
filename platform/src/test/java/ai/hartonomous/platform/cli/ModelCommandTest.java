package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The verbs of `model`, on real checkpoints beside the repository.
@Tag("weights")
class ModelCommandTest extends CommandFixture {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final double BAR = 5e-5;

  @TempDir private Path temporary;

  private static Path folder(String name) {
    Path folder =
        Path.of(System.getProperty("repository.root"), "../shared/data", name).normalize();
    assumeTrue(Files.isDirectory(folder), "absent: " + folder);
    return folder;
  }

  private JsonNode json() {
    return MAPPER.readTree(out);
  }

  private static JsonNode read(Path file) throws IOException {
    return MAPPER.readTree(Files.readString(file));
  }

  private static String joined(JsonNode ids) {
    return ids.valueStream().map(JsonNode::asString).collect(Collectors.joining(","));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "model-gpt2-shakespeare",
        "model-gpt2-sort-nano",
        "model-neox-sherlock",
        "model-stories260k"
      })
  void logitsAndLossAgreeWithTheReference(String name) throws IOException {
    Path folder = folder(name);
    JsonNode reference = read(folder.resolve("reference.json"));
    JsonNode prompt = reference.path("prompts").get(1);
    JsonNode passage = reference.path("passages").get(0);
    Path ids = Files.writeString(temporary.resolve("ids.json"), passage.path("ids").toString());

    assertThat(run("model", "logits", folder.toString(), "--ids", joined(prompt.path("ids"))))
        .as(err)
        .isZero();
    JsonNode logits = json();
    assertThat(run("model", "loss", folder.toString(), "--ids-file", ids.toString(), "--json"))
        .as(err)
        .isZero();
    JsonNode loss = json();

    assertThat(logits.path("top_ids").get(0)).isEqualTo(prompt.path("top_ids").get(0));
    for (int i = 0; i < prompt.path("top_ids").size(); i++) {
      int id = prompt.path("top_ids").get(i).asInt();
      double expected = prompt.path("top_logits").get(i).asDouble();
      assertThat(logits.path("logits").get(id).asDouble()).isCloseTo(expected, within(BAR));
    }
    JsonNode expected = passage.path("per_position_nll");
    JsonNode found = loss.path("sequences").get(0).path("per_position_nll");
    assertThat(found.size()).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i).asDouble()).isCloseTo(expected.get(i).asDouble(), within(BAR));
    }
  }

  @Test
  void meanLossOfAPassageIsPrintedInWords() throws IOException {
    Path folder = folder("model-stories260k");
    JsonNode passage = read(folder.resolve("reference.json")).path("passages").get(0);
    String plain = joined(passage.path("ids")).replace(',', '\n');
    Path ids = Files.writeString(temporary.resolve("ids.txt"), plain);

    int exitCode = run("model", "loss", folder.toString(), "--ids-file", ids.toString());

    assertThat(exitCode).isZero();
    assertThat(Double.parseDouble(out.split(" ")[0]))
        .isCloseTo(passage.path("mean_cross_entropy").asDouble(), within(BAR));
  }

  @Test
  void tokenizePrintsIds() {
    String folder = folder("model-stories260k").toString();

    assertThat(run("model", "tokenize", folder, "--text", "Once upon a time")).isZero();
    assertThat(out.strip()).isEqualTo("403 407 261 378");
    assertThat(run("model", "tokenize", folder, "--text", "Once upon", "--json")).isZero();
    assertThat(json().path("tokens").get(0).asString()).isEqualTo(" Once");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "model-stories260k, llama, 260032, 5, 900",
    "model-gpt2-shakespeare, gpt2, 940800, 4, 2064",
    "model-neox-sherlock, gpt_neox, 924416, 4, 2064",
    "toy-induction-gbmi, toy_transformer, 37146, 2, 2",
  })
  void inspectTellsWhatACheckpointIs(
      String name, String family, int parameters, int layers, int components) {
    assertThat(run("model", "inspect", folder(name).toString(), "--json")).as(err).isZero();

    assertThat(json().path("family").asString()).isEqualTo(family);
    assertThat(json().path("parameters").asInt()).isEqualTo(parameters);
    assertThat(json().path("layers").size()).isEqualTo(layers);
    assertThat(json().path("components").asInt()).isEqualTo(components);
    assertThat(json().path("sha256").asString()).matches("[0-9a-f]{64}");
    assertThat(run("model", "inspect", folder(name).toString())).isZero();
    assertThat(out).contains(family).contains("heads over");
  }

  @Test
  void oneFileCheckpointsBringTheirTokenizer() {
    Path file = folder("model-stories260k").resolve("original/stories260K.bin");

    assertThat(run("model", "tokenize", file.toString(), "--text", "Once upon a time"))
        .as(err)
        .isZero();
    assertThat(out.strip()).isEqualTo("403 407 261 378");
    assertThat(run("model", "inspect", file.toString(), "--json")).as(err).isZero();
    assertThat(json().path("format").asString()).isEqualTo("llama2c");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"model-stories260k, llama", "model-gpt2-shakespeare, gpt2"})
  void convertWritesFilesThatWorkAlike(String name, String family) throws IOException {
    String folder = folder(name).toString();
    Path gguf = temporary.resolve("model.gguf");
    Path copy = temporary.resolve("copy");

    assertThat(run("model", "convert", folder, "--out", gguf.toString())).as(err).isZero();
    assertThat(out).isEqualTo("wrote %s%n".formatted(gguf));
    assertThat(
            run("model", "convert", gguf.toString(), "--out", copy.toString(), "--dtype", "BF16"))
        .as(err)
        .isZero();
    assertThat(out).contains("without a tokenizer");

    assertThat(run("model", "inspect", copy.toString(), "--json")).as(err).isZero();
    assertThat(json().path("family").asString()).isEqualTo(family);
    assertThat(json().path("dtype").asString()).isEqualTo("BF16");
    assertThat(run("model", "generate", folder, "--prompt", "The king", "--max-tokens", "12"))
        .isZero();
    String text = out;
    assertThat(
            run("model", "generate", gguf.toString(), "--prompt", "The king", "--max-tokens", "12"))
        .as(err)
        .isZero();
    assertThat(out).isEqualTo(text);
  }

  @Test
  void generateContinuesAStory() {
    String folder = folder("model-stories260k").toString();
    String[] command = {
      "model", "generate", folder, "--prompt", "Once upon a time", "--max-tokens", "20"
    };

    assertThat(run(command)).as(err).isZero();
    String text = out;
    String[] withJson = Arrays.copyOf(command, command.length + 1);
    withJson[command.length] = "--json";
    assertThat(run(withJson)).isZero();

    assertThat(json().path("text").asString() + System.lineSeparator()).isEqualTo(text);
    assertThat(text).startsWith(", there was a little girl");
    assertThat(json().path("completion_tokens").asInt()).isEqualTo(20);
    assertThat(json().path("prompt_tokens").asInt()).isEqualTo(5);
    assertThat(json().path("finish_reason").asString()).isEqualTo("length");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "logits --ids 1,403,99999 | token id 99999 outside the vocabulary of 512",
        "logits --ids 1,x | Invalid value for option '--ids'",
        "logits | Missing required option: '--ids=ID'",
        "generate --prompt a --temperature -1 | temperature",
        "generate --prompt a --max-tokens 0 | max tokens",
        "generate --prompt a --top-p 0 | top-p",
        "tokenize | Missing required option",
        "convert --out copy --dtype Q8_0 | --dtype",
        "convert --out x.gguf --dtype Q4_K | --dtype",
        "convert --out x.gguf --dtype F8 | --dtype",
      })
  void wrongUseIsExplained(String arguments, String message) {
    Path folder = folder("model-stories260k");
    String[] words = arguments.split(" ");
    String[] command = new String[words.length + 2];
    command[0] = "model";
    command[1] = words[0];
    command[2] = folder.toString();
    System.arraycopy(words, 1, command, 3, words.length - 1);

    assertThat(run(command)).isEqualTo(2);

    assertThat(err).contains(message);
    assertThat(out).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | no token ids",
        "[] | no token ids",
        "[[1,403],[]] | sequence 1: no token ids",
        "1 403 word | is no token id",
        "[1, 403, 512] | token id 512 outside the vocabulary of 512",
        "[1, 403, -1] | token id -1 outside",
        "[1] | the first prediction needs two",
        "[1, 403 | ids.json",
      })
  void fileWithoutUsableIdsFailsWithAReason(String content, String message) throws IOException {
    Path folder = folder("model-stories260k");
    Path ids = Files.writeString(temporary.resolve("ids.json"), content);

    int exitCode = run("model", "loss", folder.toString(), "--ids-file", ids.toString());

    assertThat(exitCode).isEqualTo(1);
    assertThat(err).startsWith("hartonomous: ").contains(message);
    assertThat(out).isEmpty();
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    String absent = temporary.resolve("absent").toString();

    assertThat(run("model", "inspect", absent)).isEqualTo(1);
    assertThat(err).contains("no such file").contains(absent);
    assertThat(run("model", "loss", absent, "--ids-file", absent)).isEqualTo(1);
    assertThat(err).contains(absent);
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    assertThat(run("model", "inspect", empty.toString())).isEqualTo(1);
    assertThat(err).startsWith("hartonomous: ").contains("empty");
  }

  @Test
  void unknownFamilyIsNamed() throws IOException {
    Path folder = folder("model-gpt2-sort-nano");
    String config = Files.readString(folder.resolve("config.json"));
    Files.copy(folder.resolve("model.safetensors"), temporary.resolve("model.safetensors"));
    Files.writeString(temporary.resolve("config.json"), config.replace("\"gpt2\"", "\"mamba\""));

    assertThat(run("model", "logits", temporary.toString(), "--ids", "1")).isEqualTo(1);

    assertThat(err).contains("mamba");
  }

  @Test
  void modelThatPredictsNoTokensHasNoLossAndWritesNothing() throws IOException {
    String folder = folder("tracr-reverse").toString();
    Path ids = Files.writeString(temporary.resolve("ids.json"), "[3, 0, 1]");

    assertThat(run("model", "loss", folder, "--ids-file", ids.toString())).isEqualTo(1);
    assertThat(err).contains("not a language model");
    assertThat(run("model", "generate", folder, "--prompt", "a b")).isEqualTo(1);
    assertThat(err).contains("does not write text");
    assertThat(run("model", "tokenize", folder, "--text", "a q")).isEqualTo(2);
    assertThat(err).contains("'q'");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"logits", "loss", "tokenize", "inspect", "generate", "convert"})
  void everyVerbExplainsItself(String verb) {
    assertThat(run("model", verb, "--help")).isZero();
    assertThat(out).contains("Usage: hartonomous model " + verb).contains("--json");
  }
}
