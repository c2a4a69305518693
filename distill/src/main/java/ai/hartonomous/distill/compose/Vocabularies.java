package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.compose.CompositeRequest.Source;
import ai.hartonomous.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tells whether models can be mixed: whether the same row of their logits means the same token.
public final class Vocabularies {

  private Vocabularies() {}

  /// The vocabulary of a model.
  ///
  /// @param model what to call the model
  /// @param tokenizer content hash of its tokenizer
  /// @param rows rows of its logits
  public record Named(String model, String tokenizer, int rows) {}

  /// {@return why models cannot be mixed, naming the first two that differ, if so}
  ///
  /// @param models the models
  public static Optional<String> obstacle(List<Named> models) {
    Named first = models.getFirst();
    for (Named other : models) {
      if (!other.tokenizer().equals(first.tokenizer())) {
        return Optional.of(
            "%s and %s have different tokenizers (content hashes %.12s and %.12s), so their logits"
                    .formatted(first.model(), other.model(), first.tokenizer(), other.tokenizer())
                + " cannot be mixed");
      }
      if (other.rows() != first.rows()) {
        return Optional.of(
            "%s and %s have the same tokenizer, but %d and %d rows of vocabulary, so their logits"
                    .formatted(first.model(), other.model(), first.rows(), other.rows())
                + " cannot be mixed");
      }
    }
    return Optional.empty();
  }

  /// {@return why models cannot be mixed, if so}
  ///
  /// @param sources the models
  /// @throws IOException if one cannot be read
  public static Optional<String> obstacleOf(List<Source> sources) throws IOException {
    List<Named> models = new ArrayList<>();
    for (Source source : sources) {
      try (Checkpoint checkpoint = Asked.open(source.folder())) {
        models.add(
            new Named(
                source.name(),
                checkpoint.tokenizer().contentHash(),
                checkpoint.config().extents().outputs()));
      }
    }
    return obstacle(models);
  }
}
