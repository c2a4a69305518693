package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.attribute.FrozenModel;
import ai.hartonomous.interpret.attribute.GraphFigures;
import ai.hartonomous.interpret.attribute.GraphRequest;
import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.JsonNode;

/// What both verbs of `graph` take besides the model, and how they work and print.
final class GraphSource {

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--coders",
      required = true,
      paramLabel = "DIR",
      description =
          "Transcoders of the model's MLPs; other coders in the folder are left out. Layers"
              + " without one are all error.")
  private Path folder = Path.of("");

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean asJson;

  /// A model with its coders.
  ///
  /// @param path where the model came from
  /// @param model the model
  /// @param hash SHA-256 of the model's files
  /// @param coders transcoders that suit it
  record Loaded(Path path, Model model, String hash, List<SparseCoder> coders) {}

  Path folder() {
    return folder;
  }

  boolean asJson() {
    return asJson;
  }

  /// {@return model and coders}
  ///
  /// @throws IOException if they cannot be read, or do not suit each other
  Loaded load(Path path) throws IOException {
    List<SparseCoder> coders =
        Coders.read(folder).stream().filter(FrozenModel::isTranscoder).toList();
    try (Checkpoint checkpoint = Checkpoints.open(path)) {
      Optional<String> misfit = FrozenModel.misfit(checkpoint.config(), coders);
      if (coders.isEmpty() || misfit.isPresent()) {
        throw new IOException("%s: %s".formatted(folder, misfit.orElse("no transcoder of an MLP")));
      }
      return new Loaded(path, checkpoint.load(), checkpoint.contentHash(), coders);
    }
  }

  static Tokenizer tokenizer(Path path) throws IOException {
    ModelSource.keepLogsQuiet();
    try (Checkpoint checkpoint = Checkpoints.open(path)) {
      return checkpoint.tokenizer();
    }
  }

  /// Traces a graph, with progress on a terminal.
  GraphFigures figures(Loaded loaded, GraphRequest request) throws InterruptedException {
    record Progress(int done, int total) {}
    try (Kernels kernels = ModelSource.kernels();
        ProgressLine<Progress> line =
            new ProgressLine<>(
                spec.commandLine().getErr(),
                at -> "traced %,d of %,d nodes".formatted(at.done(), at.total()))) {
      return GraphFigures.of(
          new Transformer(loaded.model(), kernels),
          loaded.coders(),
          request,
          (done, total) -> line.show(new Progress(done, total)));
    }
  }

  void print(JsonNode json) {
    print(ModelSource.mapper().writeValueAsString(json));
  }

  void print(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }

  /// {@return the fault of whoever wrote the command line: exit code 2}
  ParameterException wrongUse(String reason) {
    return new ParameterException(spec.commandLine(), reason);
  }
}
