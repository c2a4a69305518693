package ai.hartonomous.distill.evaluate;

import ai.hartonomous.distill.importance.GreedyChoice;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Measures how long models take to read a prompt and choose the first token behind it. The models
/// take turns, so that whatever else the machine does meets all of them alike, and the median of
/// the turns counts.
public final class PromptLatency {
  private static final int WARM_UP = 3;
  private static final int TURNS = 15;
  private static final int MOST_TOKENS = 128;

  private PromptLatency() {}

  /// What was measured.
  ///
  /// @param tokens length of the prompt
  /// @param millis milliseconds of each model, in their order
  public record Measured(int tokens, double[] millis) {}

  /// Reads a prompt with each model: the given one again and again, up to half the context and at
  /// most 128 tokens.
  ///
  /// @param models the models, on the same kernels
  /// @param prompts tokens to begin with of each model, at least one
  /// @return the median time to the first token
  /// @throws InterruptedException if the thread was interrupted between two turns
  public static Measured measure(List<Transformer> models, List<int[]> prompts)
      throws InterruptedException {
    int length = length(models);
    List<int[]> ids = prompts.stream().map(prompt -> repeated(prompt, length)).toList();
    List<Trace> traces = new ArrayList<>();
    List<KvCache> caches = new ArrayList<>();
    for (Transformer model : models) {
      traces.add(model.trace(Trace.Keep.INFERENCE));
      caches.add(new KvCache(model.config(), length));
    }
    double[][] millis = new double[models.size()][TURNS];
    for (int turn = -WARM_UP; turn < TURNS; turn++) {
      for (int m = 0; m < millis.length; m++) {
        if (Thread.interrupted()) {
          throw new InterruptedException("measuring latency");
        }
        caches.get(m).truncate(0);
        long begin = System.nanoTime();
        GreedyChoice.of(
            models.get(m).extend(ids.get(m), caches.get(m), traces.get(m), Hooks.NONE), 0);
        millis[m][Math.max(0, turn)] = (System.nanoTime() - begin) / 1e6;
      }
    }
    return new Measured(length, Arrays.stream(millis).mapToDouble(PromptLatency::median).toArray());
  }

  private static int length(List<Transformer> models) {
    int length = MOST_TOKENS;
    for (Transformer model : models) {
      length = Math.min(length, Math.max(1, model.config().extents().positions() / 2));
    }
    return length;
  }

  private static int[] repeated(int[] prompt, int length) {
    int[] ids = new int[length];
    for (int t = 0; t < length; t++) {
      ids[t] = prompt[t % prompt.length];
    }
    return ids;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
