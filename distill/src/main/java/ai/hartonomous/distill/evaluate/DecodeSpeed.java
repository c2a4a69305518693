package ai.hartonomous.distill.evaluate;

import ai.hartonomous.distill.importance.GreedyChoice;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Measures how many tokens models decode in a second. The models take turns, so that whatever else
/// the machine does meets all of them alike, and the median of the turns counts.
public final class DecodeSpeed {
  private static final int WARM_UP = 3;
  private static final int TURNS = 15;
  private static final int MOST_TOKENS = 64;

  private DecodeSpeed() {}

  /// Continues one prompt with each model, one token at a time; the end token does not stop it.
  ///
  /// @param models the models, on the same kernels
  /// @param prompts the prompt in the tokens of each
  /// @return tokens per second of each model, in their order
  /// @throws InterruptedException if the thread was interrupted between two turns
  public static double[] measure(List<Transformer> models, List<int[]> prompts)
      throws InterruptedException {
    List<Runner> runners = new ArrayList<>();
    for (int m = 0; m < models.size(); m++) {
      runners.add(new Runner(models.get(m), prompts.get(m)));
    }
    double[][] rates = new double[models.size()][TURNS];
    for (int turn = -WARM_UP; turn < TURNS; turn++) {
      for (int m = 0; m < rates.length; m++) {
        if (Thread.interrupted()) {
          throw new InterruptedException("measuring speed");
        }
        double rate = runners.get(m).tokensPerSecond();
        if (turn >= 0) {
          rates[m][turn] = rate;
        }
      }
    }
    return Arrays.stream(rates).mapToDouble(DecodeSpeed::median).toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static final class Runner {
    private final Transformer model;
    private final Trace trace;
    private final KvCache cache;
    private final int[] prompt;
    private final int tokens;

    Runner(Transformer model, int[] prompt) {
      this.model = model;
      this.prompt = prompt;
      int context = model.config().extents().positions();
      tokens = Math.min(MOST_TOKENS, context - prompt.length);
      if (tokens < 1) {
        throw new IllegalArgumentException(
            "prompt of %d tokens fills the context of %d".formatted(prompt.length, context));
      }
      trace = model.trace(Trace.Keep.INFERENCE);
      cache = new KvCache(model.config(), context);
    }

    double tokensPerSecond() {
      cache.truncate(0);
      int next = GreedyChoice.of(model.extend(prompt, cache, trace, Hooks.NONE), 0);
      long begin = System.nanoTime();
      for (int t = 0; t < tokens; t++) {
        next = GreedyChoice.of(model.extend(new int[] {next}, cache, trace, Hooks.NONE), 0);
      }
      return tokens * 1e9 / (System.nanoTime() - begin);
    }
  }
}
