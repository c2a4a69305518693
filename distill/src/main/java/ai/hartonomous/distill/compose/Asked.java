package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.InvalidRequestException;
import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.Scorer;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A model with its tokenizer that answers items.
///
/// @param model the model
/// @param tokenizer its tokenizer
record Asked(Model model, Tokenizer tokenizer) {

  /// Reads a source or an expert.
  static Asked read(Path folder) throws IOException {
    try (Checkpoint checkpoint = open(folder)) {
      Path tokenizer = checkpoint.tokenizerSource();
      if (!Files.isDirectory(tokenizer)) {
        throw new InvalidRequestException("no folder with a tokenizer beside " + folder);
      }
      Model model = checkpoint.load();
      if (!model.config().block().causal()) {
        throw new InvalidRequestException(folder + " is not a model that continues texts");
      }
      return new Asked(model, Tokenizers.open(tokenizer));
    }
  }

  /// Opens a source or an expert.
  static Checkpoint open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new InvalidRequestException("no folder with a model at " + folder);
    }
    return Checkpoints.open(folder);
  }

  int components() {
    return model.config().components();
  }

  /// {@return why one of the items cannot be asked, if so}
  Optional<String> obstacle(List<CapabilityItem> items) {
    return Expressible.obstacle(items, tokenizer, model.config().extents().positions());
  }

  /// {@return which items are answered exactly; those that cannot be asked are not}
  boolean[] right(List<CapabilityItem> items, Kernels kernels) throws IOException {
    List<CapabilityItem> possible =
        items.stream().filter(item -> obstacle(List.of(item)).isEmpty()).toList();
    boolean[] right = new boolean[items.size()];
    if (possible.isEmpty()) {
      return right;
    }
    boolean[] answers = new Scorer(new Transformer(model, kernels), tokenizer).right(possible);
    int next = 0;
    for (int i = 0; i < right.length; i++) {
      if (next < possible.size() && items.get(i).equals(possible.get(next))) {
        right[i] = answers[next++];
      }
    }
    return right;
  }
}
