package ai.hartonomous.distill;

import ai.hartonomous.distill.pack.CardHead;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The model to distil, as it was read.
///
/// @param name name of its folder
/// @param model the model
/// @param tokenizer its tokenizer
/// @param tokenizerFolder folder of the tokenizer's files
/// @param bytes bytes of weights and configuration
/// @param contentHash SHA-256 over weights and configuration
/// @param licence what its model card states, or null
/// @param owner what its model card states, or null
record SourceModel(
    String name,
    Model model,
    Tokenizer tokenizer,
    Path tokenizerFolder,
    long bytes,
    String contentHash,
    @Nullable String licence,
    @Nullable String owner) {

  /// Reads a folder with its tokenizer.
  ///
  /// @throws InvalidRequestException if it is missing, has no tokenizer beside it, is not a causal
  ///   language model, or its tokenizer has more tokens than the model knows
  /// @throws IOException if a file is damaged or cannot be read
  static SourceModel read(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new InvalidRequestException("no folder with a model at " + path);
    }
    try (Checkpoint checkpoint = Checkpoints.open(path)) {
      Path folder = checkpoint.tokenizerSource();
      if (!Files.isDirectory(folder)) {
        throw new InvalidRequestException("no folder with a tokenizer beside " + path);
      }
      Tokenizer tokenizer = Tokenizers.open(folder);
      Model model = checkpoint.load();
      requireLanguageModel(path, model, tokenizer);
      CardHead card = CardHead.read(path);
      Path name = path.toAbsolutePath().normalize().getFileName();
      return new SourceModel(
          name == null ? "source" : name.toString(),
          model,
          tokenizer,
          folder,
          checkpoint.sizeBytes(),
          checkpoint.contentHash(),
          card.licence(),
          card.owner());
    }
  }

  private static void requireLanguageModel(Path path, Model model, Tokenizer tokenizer)
      throws InvalidRequestException {
    int vocabulary = model.config().extents().vocabulary();
    if (!model.config().block().causal() || model.config().extents().outputs() != vocabulary) {
      throw new InvalidRequestException(path + " is not a model that continues texts");
    }
    if (tokenizer.vocabularySize() > vocabulary) {
      throw new InvalidRequestException(
          "the tokenizer of %s has %d tokens, its model only %d"
              .formatted(path, tokenizer.vocabularySize(), vocabulary));
    }
  }

  /// {@return the longest sequence it reads, in tokens}
  int context() {
    return model.config().extents().positions();
  }
}
