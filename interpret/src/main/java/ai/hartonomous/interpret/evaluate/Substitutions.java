package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.interpret.capture.Group;
import ai.hartonomous.interpret.evaluate.Evaluation.Baseline;
import ai.hartonomous.interpret.evaluate.Evaluation.Plan;
import ai.hartonomous.interpret.evaluate.Evaluation.Positions;
import ai.hartonomous.interpret.evaluate.EvaluationReport.Effect;
import ai.hartonomous.interpret.evaluate.SubstitutionMeter.Sums;
import ai.hartonomous.interpret.transcoder.Replacement;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Runs the model with coders and ablations in place of what it computes, and scores what it then
/// predicts.
final class Substitutions {
  private final Transformer transformer;
  private final Trace trace;
  private final Plan plan;
  private final Map<HookPoint, double[]> means;
  private final SubstitutionMeter clean = new SubstitutionMeter();
  private final List<Variant> alone = new ArrayList<>();
  private final @Nullable Variant together;
  private long predictions;
  private Scores cleanScores = new Scores(Matrix.zeros(0, 0), new int[0], new float[0]);

  /// The model's own scores of a group.
  ///
  /// @param logits of the rows that predict, `[P, V]`
  /// @param rows those rows
  /// @param losses cross-entropy of each
  private record Scores(Matrix logits, int[] rows, float[] losses) {}

  /// Coders that speak at the same time, and their baselines.
  private final class Variant {
    private final Replacement replacement;
    private final SubstitutionMeter meter = new SubstitutionMeter();
    private final Map<Baseline, RecoveryMeter> recoveries = new HashMap<>();

    Variant(List<SparseCoder> coders) {
      replacement = new Replacement(coders, transformer.kernels());
      for (Baseline baseline : plan.baselines()) {
        recoveries.put(baseline, new RecoveryMeter());
      }
    }

    void add(Group group) {
      IntPredicate spared = spared(group);
      List<Sums> coder = sums(group, replacement.sparing(spared));
      coder.forEach(meter::add);
      recoveries.forEach(
          (baseline, recovery) -> {
            List<Sums> ablated = sums(group, ablation(baseline, spared));
            for (int s = 0; s < coder.size(); s++) {
              recovery.add(coder.get(s), ablated.get(s));
            }
          });
    }

    private Hooks ablation(Baseline baseline, IntPredicate spared) {
      Map<HookPoint, float[]> rows = new HashMap<>();
      for (SparseCoder coder : replacement.coders()) {
        float[] row = new float[coder.weights().outputWidth()];
        double[] mean = means.get(coder.writes());
        for (int c = 0; c < row.length && baseline == Baseline.MEAN && mean != null; c++) {
          row[c] = (float) mean[c];
        }
        rows.put(coder.writes(), row);
      }
      return new Ablation(rows, spared);
    }

    Effect effect() {
      return new Effect(meter.result(), recovery(Baseline.ZERO), recovery(Baseline.MEAN));
    }

    private @Nullable Recovery recovery(Baseline baseline) {
      RecoveryMeter recovery = recoveries.get(baseline);
      return recovery == null ? null : recovery.result();
    }
  }

  Substitutions(
      Transformer transformer,
      Plan plan,
      List<SparseCoder> coders,
      Map<HookPoint, double[]> means) {
    this.transformer = transformer;
    this.plan = plan;
    this.means = means;
    trace = transformer.trace(Trace.Keep.INFERENCE);
    for (SparseCoder coder : coders) {
      alone.add(new Variant(List.of(coder)));
    }
    List<SparseCoder> ofMlps = coders.stream().filter(Evaluation::isOfMlp).toList();
    together = ofMlps.size() < 2 ? null : new Variant(ofMlps);
  }

  /// {@return whether the model predicts the next token, so that there is something to lose}
  boolean isLanguageModel() {
    ModelConfig config = transformer.config();
    return config.block().causal() && config.extents().outputs() == config.extents().vocabulary();
  }

  long predictions() {
    return predictions;
  }

  Substitution clean() {
    return clean.result();
  }

  Effect alone(int coder) {
    return alone.get(coder).effect();
  }

  boolean hasTogether() {
    return together != null;
  }

  Effect together() {
    if (together == null) {
      throw new IllegalStateException("fewer than two coders of MLPs");
    }
    return together.effect();
  }

  /// Runs the model itself.
  ///
  /// @param group what it reads
  /// @param hooks called on the way
  void clean(Group group, Hooks hooks) {
    Matrix logits = transformer.forward(group.batch(), trace, hooks);
    if (isLanguageModel()) {
      int[] rows = predicting(group);
      cleanScores = scores(logits, rows, group);
      predictions += rows.length;
      sums(group, cleanScores).forEach(clean::add);
    }
  }

  /// Runs the group of the last {@link #clean} with every substitution.
  void add(Group group) {
    if (!isLanguageModel()) {
      return;
    }
    for (Variant variant : alone) {
      variant.add(group);
    }
    if (together != null) {
      together.add(group);
    }
  }

  private IntPredicate spared(Group group) {
    if (plan.positions() == Positions.ALL) {
      return row -> false;
    }
    boolean[] counted = new boolean[group.batch().rows()];
    for (int row : group.rows()) {
      counted[row] = true;
    }
    return row -> !counted[row];
  }

  private static int[] predicting(Group group) {
    int[] rows = new int[group.targets().length];
    int count = 0;
    for (int r = 0; r < rows.length; r++) {
      if (group.targets()[r] >= 0) {
        rows[count++] = r;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  private Scores scores(Matrix logits, int[] rows, Group group) {
    Matrix chosen = Matrix.zeros(rows.length, logits.cols());
    int[] targets = new int[rows.length];
    for (int p = 0; p < rows.length; p++) {
      logits.readRow(rows[p], chosen.data(), chosen.rowOffset(p));
      targets[p] = group.targets()[rows[p]];
    }
    float[] losses = new float[rows.length];
    transformer.kernels().crossEntropy(chosen, targets, losses);
    return new Scores(chosen, rows, losses);
  }

  private List<Sums> sums(Group group, Hooks hooks) {
    Matrix logits = transformer.forward(group.batch(), trace, hooks);
    return sums(group, scores(logits, cleanScores.rows(), group));
  }

  /// {@return sums of each sequence of the group}
  private List<Sums> sums(Group group, Scores changed) {
    int count = changed.rows().length;
    float[] divergences = new float[count];
    transformer.kernels().divergence(cleanScores.logits(), changed.logits(), 1, divergences);
    List<Sums> sums = new ArrayList<>();
    int next = 0;
    for (int s = 0; s < group.lengths().length; s++) {
      int first = next;
      double loss = 0;
      double own = 0;
      double divergence = 0;
      long agreeing = 0;
      while (next < count && group.sequence(changed.rows()[next]) == s) {
        loss += changed.losses()[next];
        own += cleanScores.losses()[next];
        divergence += divergences[next];
        agreeing += largest(changed.logits(), next) == largest(cleanScores.logits(), next) ? 1 : 0;
        next++;
      }
      sums.add(new Sums(loss, own, divergence, agreeing, next - first));
    }
    return sums;
  }

  private static int largest(Matrix logits, int row) {
    int largest = 0;
    for (int c = 1; c < logits.cols(); c++) {
      largest = logits.at(row, c) > logits.at(row, largest) ? c : largest;
    }
    return largest;
  }
}
