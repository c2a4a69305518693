package ai.hartonomous.distill.select;

import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.GreedyChoice;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Items whose targets are what a model itself finds most likely.
public final class OwnAnswers {

  private OwnAnswers() {}

  /// {@return random sequences of six tokens}
  ///
  /// @param transformer the model
  /// @param items how many
  /// @param seed decides them
  public static List<Example> of(Transformer transformer, int items, long seed) {
    var random = new SplittableRandom(seed);
    int vocabulary = transformer.config().extents().vocabulary();
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      int[] ids = random.ints(6, 0, vocabulary).toArray();
      Matrix logits =
          transformer.forward(Batch.of(ids), transformer.trace(Trace.Keep.INFERENCE), Hooks.NONE);
      int[] targets = new int[ids.length];
      for (int t = 0; t < ids.length; t++) {
        targets[t] = GreedyChoice.of(logits, t);
      }
      examples.add(new Example(ids, targets));
    }
    return examples;
  }
}
