package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.interchange.StoredCoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous transcoder convert`: writes coders in another library's layout.
@Command(
    name = "convert",
    description = "Reads sparse coders of any layout and writes them in sparsify's or SAELens'.",
    mixinStandardHelpOptions = true)
final class TranscoderConvertCommand implements Callable<Integer> {

  /// Layouts to write.
  enum Layout {
    /// sparsify's, which is our own store's.
    SPARSIFY,
    /// SAELens'.
    SAELENS
  }

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      description = "Folder of coders: a store, a sparsify run, SAELens folders.")
  private Path from = Path.of("");

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
  private Path out = Path.of("");

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description = "sparsify (default, our own store too) or saelens.")
  private Layout layout = Layout.SPARSIFY;

  @Option(
      names = "--model-name",
      paramLabel = "NAME",
      description = "What SAELens shall call the model (default: unknown).")
  private String modelName = "unknown";

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    List<StoredCoder> coders = Coders.readStored(from);
    ObjectNode root = ModelSource.mapper().createObjectNode();
    ArrayNode written = root.putArray("coders");
    for (StoredCoder stored : coders) {
      Path folder = write(stored);
      ObjectNode entry = written.addObject();
      entry.put("path", folder.toString());
      entry.put("reads", stored.coder().reads().path());
      entry.put("writes", stored.coder().writes().path());
      entry.put("latents", stored.coder().weights().latents());
      if (!asJson) {
        print(
            "%s: %s -> %s, %d latents"
                .formatted(
                    folder,
                    stored.coder().reads().path(),
                    stored.coder().writes().path(),
                    stored.coder().weights().latents()));
      }
    }
    if (asJson) {
      print(ModelSource.mapper().writeValueAsString(root));
    }
    return 0;
  }

  private Path write(StoredCoder stored) throws IOException {
    try {
      return switch (layout) {
        case SPARSIFY -> Coders.write(out, stored);
        case SAELENS -> Coders.writeSaeLens(out, stored, modelName);
      };
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(from, e.getMessage()), e);
    }
  }

  private void print(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
