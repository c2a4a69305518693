package ai.hartonomous.platform.analysis;

import ai.hartonomous.interpret.capture.Corpus;
import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.DocumentSource;
import ai.hartonomous.interpret.capture.Packing;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.platform.registry.Models.RegisteredModel;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A model in memory with its tokenizer.
///
/// @param transformer computes it
/// @param tokenizer reads text for it
/// @param hash SHA-256 of its weights and configuration
record LoadedModel(Transformer transformer, Tokenizer tokenizer, String hash) {
  private static final String SEPARATOR = "<|endoftext|>";
  private static final String FIELD = "text";

  /// {@return a registered model}
  ///
  /// @param model which one
  /// @param kernels compute it
  /// @throws IOException if its files are not as they were at registration
  static LoadedModel of(RegisteredModel model, Kernels kernels) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(model.path())) {
      var transformer = new Transformer(checkpoint.load(), kernels);
      return new LoadedModel(transformer, checkpoint.tokenizer(), model.contentHash());
    }
  }

  /// {@return the description of a registered model, without its weights}
  ///
  /// @param model which one
  /// @throws IOException if its files are not as they were at registration
  static ModelConfig config(RegisteredModel model) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(model.path())) {
      return checkpoint.config();
    }
  }

  /// {@return a text, cut into sequences; the first position of each does not count}
  ///
  /// @param file plain, documents between `<|endoftext|>`, or JSON lines with field `text`
  /// @param length longest sequence, in tokens
  CorpusText text(Path file, int length) {
    DocumentSource source =
        file.toString().endsWith(".jsonl")
            ? new DocumentSource.JsonLines(file, FIELD)
            : new DocumentSource.Text(file, SEPARATOR);
    int longest = Math.min(length, transformer.config().extents().positions());
    return new CorpusText(
        Corpus.of(List.of(source), tokenizer), Packing.separated(longest, tokenizer));
  }
}
