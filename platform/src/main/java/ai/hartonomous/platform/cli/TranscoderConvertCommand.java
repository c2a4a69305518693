package ai.hartonomous.platform.cli;

import ai.hartonomous.interpret.interchange.Coders;
import ai.hartonomous.interpret.interchange.ImportCheck;
import ai.hartonomous.interpret.interchange.StoredCoder;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

  private static final int CHECKED = 1024;
  private static final int SEQUENCE = 128;

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

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "The coders' model: refuses coders that do not belong to it; needs --text.")
  private @Nullable Path model;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "Text whose first 1,024 tokens the model reads.")
  private @Nullable Path text;

  @Option(names = "--force", description = "Writes coders that do not belong to the model too.")
  private boolean force;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean asJson;

  @Override
  public Integer call() throws IOException {
    List<StoredCoder> coders = Coders.readStored(from);
    if (model != null && text != null) {
      check(coders.stream().map(StoredCoder::coder).toList(), model, text);
    } else if (model != null || text != null) {
      throw new ParameterException(spec.commandLine(), "--model and --text go together");
    }
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

  private void check(List<SparseCoder> coders, Path of, Path file) throws IOException {
    double[] unexplained;
    try (Checkpoint checkpoint = Checkpoints.open(of);
        Kernels kernels = ModelSource.kernels()) {
      Tokenizer tokenizer = checkpoint.tokenizer();
      Model loaded = checkpoint.load();
      int length = Math.min(SEQUENCE, loaded.config().extents().positions());
      List<int[]> sequences = sequences(Files.readString(file), tokenizer, length);
      unexplained = ImportCheck.unexplained(new Transformer(loaded, kernels), coders, sequences);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(from, e.getMessage()), e);
    }
    for (int c = 0; c < unexplained.length; c++) {
      if (!(unexplained[c] <= ImportCheck.MOST_UNEXPLAINED) && !force) {
        throw new IOException(
            "%s: the coder of %s leaves %.3f of the variance unexplained, at most %.1f is believed;"
                    .formatted(
                        from,
                        coders.get(c).reads().path(),
                        unexplained[c],
                        ImportCheck.MOST_UNEXPLAINED)
                + " wrong model, hook point or scale?");
      }
      if (!asJson) {
        print(
            "%s: %.3f of the variance unexplained"
                .formatted(coders.get(c).reads().path(), unexplained[c]));
      }
    }
  }

  private List<int[]> sequences(String read, Tokenizer tokenizer, int length) throws IOException {
    int[] ids = tokenizer.encode(read.substring(0, Math.min(read.length(), 16 * CHECKED)));
    boolean begins = tokenizer.addsBegin() && tokenizer.beginId().isPresent();
    int head = begins ? 1 : 0;
    List<int[]> sequences = new ArrayList<>();
    for (int at = 0; at + 2 <= Math.min(ids.length, CHECKED); at += length - head) {
      int count = Math.min(ids.length - at, length - head);
      int[] sequence = new int[head + count];
      sequence[0] = tokenizer.beginId().orElse(0);
      System.arraycopy(ids, at, sequence, head, count);
      sequences.add(sequence);
    }
    if (sequences.isEmpty()) {
      throw new IOException(text + ": no text");
    }
    return sequences;
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
