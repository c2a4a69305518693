package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.InvalidRequestException;
import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.distill.capability.Measurement;
import ai.hartonomous.distill.capability.Scorer;
import ai.hartonomous.distill.capability.Scoring;
import ai.hartonomous.distill.capability.Task;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  private boolean[] answers(List<CapabilityItem> items, Kernels kernels) throws IOException {
    var scorer = new Scorer(new Transformer(model, kernels), tokenizer);
    if (items.stream().allMatch(item -> item.task() instanceof Task.Generation)) {
      return scorer.right(items);
    }
    Map<String, Measurement> measured = new HashMap<>();
    for (Measurement one : scorer.measure(items, Scoring.USUAL)) {
      measured.put(one.capability(), one);
    }
    Map<String, Integer> seen = new HashMap<>();
    boolean[] right = new boolean[items.size()];
    for (int i = 0; i < right.length; i++) {
      String capability = items.get(i).capability();
      int place = seen.merge(capability, 1, Integer::sum) - 1;
      right[i] = Objects.requireNonNull(measured.get(capability)).values()[place] > 0.5;
    }
    return right;
  }

  /// {@return which items are right, by their own metric; those that cannot be asked are not}
  boolean[] right(List<CapabilityItem> items, Kernels kernels) throws IOException {
    List<CapabilityItem> possible =
        items.stream().filter(item -> obstacle(List.of(item)).isEmpty()).toList();
    boolean[] right = new boolean[items.size()];
    if (possible.isEmpty()) {
      return right;
    }
    boolean[] answers = answers(possible, kernels);
    int next = 0;
    for (int i = 0; i < right.length; i++) {
      if (next < possible.size() && items.get(i).equals(possible.get(next))) {
        right[i] = answers[next++];
      }
    }
    return right;
  }
}
