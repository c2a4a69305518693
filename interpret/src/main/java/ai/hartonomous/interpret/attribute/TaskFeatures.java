package ai.hartonomous.interpret.attribute;

import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which features carry a task, over many prompts instead of one: feature attribution patching.
///
/// `score_i = mean over prompts of Σ_p (a_i(p) - a'_i(p)) ⟨W_dec[i], ∂m/∂out(p)⟩`, with `a` the
/// activation on the clean prompt, `a'` on the corrupted one (0 without), `out` the output of the
/// feature's MLP and `m` the logit of the right answer less that of the wrong one. The gradient is
/// that of the real model on the clean prompt, so it runs through attention and through the MLPs.
/// It is a first-order estimate of what the feature adds to the metric.
///
/// Source: the attribution of "PIE", 2026, arXiv:2604.16889, as far as its abstract tells; without
/// its rerank for synergy.
public final class TaskFeatures {

  /// A feature and what it adds to a task.
  ///
  /// @param layer layer of its MLP
  /// @param latent its number in the coder
  /// @param score mean contribution to the metric, in logits; negative where it works against it
  public record Score(int layer, int latent, double score) {}

  private final Transformer transformer;
  private final List<SparseCoder> coders;
  private final Trace trace;

  private TaskFeatures(Transformer transformer, List<SparseCoder> coders) {
    this.transformer = transformer;
    this.coders = coders;
    this.trace = transformer.trace(Trace.Keep.TRAINING);
  }

  /// Scores all features that are active on some prompt.
  ///
  /// @param transformer the model
  /// @param coders transcoders of its MLPs
  /// @param pairs the task, at least one prompt
  /// @return scores, those of largest absolute value first
  /// @throws IllegalArgumentException if there is no prompt, or coders or ids do not suit the model
  /// @throws InterruptedException if the thread is interrupted between two prompts
  public static List<Score> of(
      Transformer transformer, List<SparseCoder> coders, List<PromptPair> pairs)
      throws InterruptedException {
    String misfit = FrozenModel.misfit(transformer.config(), coders).orElse("");
    if (!misfit.isEmpty() || pairs.isEmpty()) {
      throw new IllegalArgumentException(misfit.isEmpty() ? "no prompts" : misfit);
    }
    Map<Long, Double> sums = new HashMap<>();
    TaskFeatures task = new TaskFeatures(transformer, coders);
    for (PromptPair pair : pairs) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      task.add(pair, sums);
    }
    List<Score> scores = new ArrayList<>();
    sums.forEach(
        (key, sum) -> scores.add(new Score((int) (key >> 32), key.intValue(), sum / pairs.size())));
    scores.sort(
        Comparator.comparingDouble((Score score) -> -Math.abs(score.score()))
            .thenComparingInt(Score::layer)
            .thenComparingInt(Score::latent));
    return scores;
  }

  private void add(PromptPair pair, Map<Long, Double> sums) {
    int[] corrupted = pair.corrupted();
    Map<HookPoint, Latents> before = corrupted == null ? Map.of() : active(corrupted);
    Map<HookPoint, Latents> now = active(pair.clean());
    Map<HookPoint, Matrix> gradients = gradients(pair);
    for (SparseCoder coder : coders) {
      Matrix gradient = gradients.getOrDefault(coder.writes(), Matrix.zeros(0, 0));
      Latents none = new Latents();
      add(coder, now.getOrDefault(coder.reads(), none), gradient, 1, sums);
      Latents old = before.get(coder.reads());
      if (old != null) {
        add(coder, old, gradient, -1, sums);
      }
    }
  }

  private static void add(
      SparseCoder coder, Latents active, Matrix gradient, int sign, Map<Long, Double> sums) {
    Matrix decoder = coder.weights().decoder();
    for (int q = 0; q < active.rows(); q++) {
      for (int e = active.start(q); e < active.start(q + 1); e++) {
        int latent = active.latent(e);
        double dot = 0;
        for (int c = 0; c < decoder.cols(); c++) {
          dot += (double) decoder.at(latent, c) * gradient.at(q, c);
        }
        long key = ((long) coder.reads().layer() << 32) + latent;
        sums.merge(key, sign * active.value(e) * dot, Double::sum);
      }
    }
  }

  private Map<HookPoint, Latents> active(int[] ids) {
    Map<HookPoint, Latents> active = new HashMap<>();
    Hooks hooks =
        (point, values) -> {
          for (SparseCoder coder : coders) {
            if (coder.reads().equals(point)) {
              Latents latents = new Latents();
              coder.encode(values, transformer.kernels(), latents);
              active.put(point, latents);
            }
          }
        };
    transformer.forward(Batch.of(ids), trace, hooks);
    return active;
  }

  /// Gradients of the metric for what MLPs write, of the pass that the trace holds.
  private Map<HookPoint, Matrix> gradients(PromptPair pair) {
    int rows = pair.clean().length;
    Matrix metric = Matrix.zeros(rows, transformer.config().extents().outputs());
    metric.data()[metric.rowOffset(rows - 1) + pair.right()] += 1;
    metric.data()[metric.rowOffset(rows - 1) + pair.wrong()] -= 1;
    Map<HookPoint, Matrix> gradients = new HashMap<>();
    transformer.backward(
        trace,
        metric,
        null,
        (point, gradient) -> {
          if (point.site() == HookPoint.Site.MLP_OUTPUT) {
            Matrix copy = Matrix.zeros(gradient.rows(), gradient.cols());
            System.arraycopy(
                gradient.data(), gradient.offset(), copy.data(), 0, copy.data().length);
            gradients.put(point, copy);
          }
        });
    return gradients;
  }
}
