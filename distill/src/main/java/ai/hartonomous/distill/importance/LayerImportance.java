package ai.hartonomous.distill.importance;

import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.List;

/// Scores of whole layers.
public final class LayerImportance {
  private final Transformer transformer;

  /// Measures on one model.
  ///
  /// @param transformer the model
  public LayerImportance(Transformer transformer) {
    this.transformer = transformer;
  }

  /// How much each layer turns the residual stream:
  ///
  /// ```
  /// Σ_batches ( 1 − mean_tokens cos(h_in, h_out) )
  /// ```
  ///
  /// with one item to a batch. The lowest goes first. Source: Muralidharan et al., "Compact
  /// Language Models via Pruning and Knowledge Distillation", 2024, arXiv:2407.14679, section 2.2
  /// (Block Importance); Men et al., "ShortGPT", 2024, arXiv:2403.03853, equation 1.
  ///
  /// @param examples calibration items; at least one
  /// @return one score for each layer, from 0 to twice the number of items
  /// @throws InterruptedException if the thread was interrupted between two batches
  public double[] turning(List<Example> examples) throws InterruptedException {
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    double[] scores = new double[transformer.config().layers().size()];
    boolean causal = transformer.config().block().causal();
    for (ExampleBatch batch : ExampleBatch.pack(examples, GradientImportance.MAX_ROWS, causal)) {
      if (Thread.interrupted()) {
        throw new InterruptedException("measuring importance");
      }
      transformer.forward(batch.tokens(), trace, new Turning(batch, scores));
    }
    return scores;
  }

  private static final class Turning implements Hooks {
    private final ExampleBatch batch;
    private final double[] scores;
    private float[] before = {};

    Turning(ExampleBatch batch, double[] scores) {
      this.batch = batch;
      this.scores = scores;
    }

    @Override
    public void at(HookPoint point, Matrix values) {
      switch (point.site()) {
        case RESIDUAL_BEFORE -> {
          int size = values.rows() * values.cols();
          before = before.length < size ? new float[size] : before;
          System.arraycopy(values.data(), values.offset(), before, 0, size);
        }
        case RESIDUAL_AFTER -> scores[point.layer()] += turned(values);
        default -> {}
      }
    }

    private double turned(Matrix after) {
      double sum = 0;
      for (int s = 0; s < batch.lengths().length; s++) {
        double cosines = 0;
        for (int t = 0; t < batch.lengths()[s]; t++) {
          cosines += cosine(after, batch.firstRow(s) + t);
        }
        sum += 1 - cosines / batch.lengths()[s];
      }
      return sum;
    }

    private double cosine(Matrix after, int row) {
      double dot = 0;
      double a = 0;
      double b = 0;
      for (int i = 0; i < after.cols(); i++) {
        double x = before[row * after.cols() + i];
        double y = after.data()[after.rowOffset(row) + i];
        dot += x * y;
        a += x * x;
        b += y * y;
      }
      return a == 0 || b == 0 ? 1 : dot / Math.sqrt(a * b);
    }
  }
}
