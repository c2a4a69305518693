package ai.hartonomous.platform.cli;

import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.checkpoint.ServingFormat;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What all verbs of `model` take: a checkpoint, and how the answer is printed.
final class ModelSource {

  private static final JsonMapper MAPPER = new JsonMapper();

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      description = "Checkpoint: a folder in Hugging Face's layout, or a .gguf or llama2.c file.")
  private Path path = Path.of("");

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean asJson;

  /// The tokenizer library writes to a log, which would mix with what is printed.
  static void keepLogsQuiet() {
    if (System.getProperty("slf4j.provider") == null) {
      System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
      System.setProperty("slf4j.internal.verbosity", "WARN");
    }
  }

  Path path() {
    return path;
  }

  boolean asJson() {
    return asJson;
  }

  Checkpoint open() throws IOException {
    return Checkpoints.open(path);
  }

  Model load() throws IOException {
    try (Checkpoint checkpoint = open()) {
      return checkpoint.load();
    }
  }

  /// {@return a model that is only served}
  Model load(ServingFormat format) throws IOException {
    try (Checkpoint checkpoint = open()) {
      return checkpoint.load(format);
    }
  }

  Tokenizer tokenizer() throws IOException {
    keepLogsQuiet();
    try (Checkpoint checkpoint = open()) {
      return checkpoint.tokenizer();
    }
  }

  /// {@return kernels on every core; the caller closes them}
  static Kernels kernels() {
    return Kernels.of(Runtime.getRuntime().availableProcessors());
  }

  static JsonMapper mapper() {
    return MAPPER;
  }

  void print(JsonNode json) {
    print(MAPPER.writeValueAsString(json));
  }

  void print(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }

  /// Prints a part of a line at once.
  void printPart(String part) {
    spec.commandLine().getOut().print(part);
    spec.commandLine().getOut().flush();
  }

  /// {@return the fault of whoever wrote the command line: exit code 2}
  ParameterException wrongUse(String reason) {
    return new ParameterException(spec.commandLine(), reason);
  }

  /// {@return what is wrong with ids for a model, or an empty text}
  static String fault(int[] ids, ModelConfig config) {
    ModelConfig.Extents extents = config.extents();
    if (ids.length == 0) {
      return "no token ids";
    }
    if (ids.length > extents.positions()) {
      return "%d token ids; the model reads at most %d".formatted(ids.length, extents.positions());
    }
    for (int id : ids) {
      if (id < 0 || id >= extents.vocabulary()) {
        return "token id %d outside the vocabulary of %d".formatted(id, extents.vocabulary());
      }
    }
    return "";
  }
}
