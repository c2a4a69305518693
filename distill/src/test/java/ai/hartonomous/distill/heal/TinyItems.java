package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.GreedyChoice;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Items for tiny models, all with two answer tokens.
final class TinyItems {

  private TinyItems() {}

  /// {@return random prompts with what the source thinks comes next, then token 0 as the end}
  static List<Example> of(Model source, Kernels kernels, int count) {
    var transformer = new Transformer(source, kernels);
    int vocabulary = source.config().extents().vocabulary();
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    var random = new SplittableRandom(1);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = random.ints(4, 1, vocabulary).toArray();
      Matrix logits = transformer.forward(Batch.of(prompt), trace, Hooks.NONE);
      int next = GreedyChoice.of(logits, 3);
      examples.add(Example.of(prompt, new int[] {next, 0}));
    }
    return examples;
  }
}
