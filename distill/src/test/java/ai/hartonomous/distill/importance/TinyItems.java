package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Random items for the models of `model.tiny`.
final class TinyItems {

  private TinyItems() {}

  /// {@return prompts of 3 to 5 tokens with answers of 2}
  static List<Example> of(Model model, int count, long seed) {
    var random = new SplittableRandom(seed);
    int vocabulary = model.config().extents().vocabulary();
    int outputs = model.config().extents().outputs();
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = random.ints(3 + i % 3, 0, vocabulary).toArray();
      examples.add(Example.of(prompt, random.ints(2, 0, outputs).toArray()));
    }
    return examples;
  }
}
