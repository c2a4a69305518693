package ai.hartonomous.platform.cli;

import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.GgufWriter;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.model.tokenizer.EmbeddedVocabulary;
import ai.hartonomous.model.tokenizer.TokenizerException;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `hartonomous model convert`: writes a checkpoint in another layout or number format.
@Command(
    name = "convert",
    description = "Writes a checkpoint in another layout or number format.",
    mixinStandardHelpOptions = true)
final class ModelConvertCommand implements Callable<Integer> {

  private static final Set<Dtype> PLAIN = Set.of(Dtype.F32, Dtype.F16, Dtype.BF16);

  @Mixin private ModelSource source;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description = "Written: a .gguf file, or a new folder in Hugging Face's layout.")
  private Path out = Path.of("");

  @Option(
      names = "--dtype",
      defaultValue = "F32",
      paramLabel = "TYPE",
      description = "F32 (default), F16, BF16; for .gguf also Q8_0, Q4_0.")
  private Dtype dtype = Dtype.F32;

  private boolean gguf() {
    return out.toString().endsWith(".gguf");
  }

  @Override
  public Integer call() throws IOException {
    if (dtype == Dtype.Q4_K || dtype == Dtype.Q6_K || (!gguf() && !PLAIN.contains(dtype))) {
      throw source.wrongUse("--dtype: %s cannot be written to %s".formatted(dtype, out));
    }
    Model model;
    Path tokenizer;
    try (Checkpoint checkpoint = source.open()) {
      model = checkpoint.load();
      tokenizer = checkpoint.tokenizerSource();
    }
    String note = "";
    try {
      note = gguf() ? writeGguf(model, tokenizer) : writeFolder(model, tokenizer);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(source.path(), e.getMessage()), e);
    }
    print(note);
    return 0;
  }

  /// {@return what was lost, or an empty text}
  private String writeFolder(Model model, Path tokenizer) throws IOException {
    @Nullable Path folder = Files.isDirectory(tokenizer) ? tokenizer : null;
    HuggingFaceWriter.write(model, out, dtype, folder);
    return folder == null ? "without a tokenizer: the source has it inside its file" : "";
  }

  private String writeGguf(Model model, Path tokenizer) throws IOException {
    @Nullable EmbeddedVocabulary vocabulary = null;
    String note = "";
    try {
      vocabulary = EmbeddedVocabulary.from(tokenizer);
    } catch (TokenizerException | NoSuchFileException e) {
      note = "without a tokenizer: " + e.getMessage();
    }
    GgufWriter.write(model, out, dtype, vocabulary);
    return note;
  }

  private void print(String note) {
    if (source.asJson()) {
      ObjectNode json = ModelSource.mapper().createObjectNode();
      json.put("path", out.toString());
      json.put("dtype", dtype.name());
      json.put("note", note);
      source.print(json);
    } else {
      source.print(note.isEmpty() ? "wrote " + out : "wrote %s, %s".formatted(out, note));
    }
  }
}
