package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.List;

/// How well a model predicts the answers of examples when it is shown the right beginning.
///
/// Greedy decoding gives exactly the answer's tokens if, and only if, at every answer position the
/// right token has the largest logit. So whether an item is answered exactly can be told from one
/// pass over the whole sequence, without decoding.
public final class AnswerMeter {
  private static final int MAX_ROWS = 2048;

  private final Transformer transformer;
  private final Trace trace;

  /// Measures one model.
  ///
  /// @param transformer the model
  public AnswerMeter(Transformer transformer) {
    this.transformer = transformer;
    this.trace = transformer.trace(Trace.Keep.INFERENCE);
  }

  /// What was measured for each example, in their order.
  ///
  /// @param losses mean cross-entropy of each example's answer tokens, in nats
  /// @param exact whether all of its answer tokens had the largest logit
  public record Answers(double[] losses, boolean[] exact) {

    /// {@return mean of the losses, in nats}
    public double meanLoss() {
      return Arrays.stream(losses).average().orElseThrow();
    }

    /// {@return number of exact answers}
    public int exactCount() {
      int count = 0;
      for (boolean hit : exact) {
        count += hit ? 1 : 0;
      }
      return count;
    }

    /// {@return share of exact answers, from 0 to 1}
    public double exactMatch() {
      return exactCount() / (double) exact.length;
    }
  }

  /// Measures with forward passes.
  ///
  /// @param examples what to predict; at least one
  /// @param hooks called at every hook point, for instance to ablate
  /// @return one entry for each example
  /// @throws InterruptedException if the thread was interrupted between two batches
  public Answers measure(List<Example> examples, Hooks hooks) throws InterruptedException {
    var answers = new Answers(new double[examples.size()], new boolean[examples.size()]);
    Arrays.fill(answers.exact(), true);
    boolean causal = transformer.config().block().causal();
    for (ExampleBatch batch : ExampleBatch.pack(examples, MAX_ROWS, causal)) {
      if (Thread.interrupted()) {
        throw new InterruptedException("measuring answers");
      }
      Matrix logits = transformer.forward(batch.tokens(), trace, hooks);
      float[] losses = new float[batch.targets().length];
      transformer.kernels().crossEntropy(logits, batch.targets(), losses);
      int[] counts = batch.answerTokens();
      for (int r = 0; r < losses.length; r++) {
        int sequence = r / batch.tokens().length();
        int target = batch.targets()[r];
        if (target >= 0) {
          int example = batch.examples()[sequence];
          answers.losses()[example] += losses[r] / counts[sequence];
          answers.exact()[example] &= GreedyChoice.of(logits, r) == target;
        }
      }
    }
    return answers;
  }
}
