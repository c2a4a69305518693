package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.Group;
import ai.hartonomous.interpret.capture.Groups;
import ai.hartonomous.interpret.capture.HookWidths;
import ai.hartonomous.interpret.capture.RowGather;
import ai.hartonomous.interpret.evaluate.EvaluationReport.CoderReport;
import ai.hartonomous.interpret.evaluate.EvaluationReport.Effect;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Evaluates coders on a text. Reads it twice: first for the mean of every target, which explained
/// variance and mean ablation need, then for everything else. Both times the same tokens count; the
/// text should be one that no coder was trained on.
public final class Evaluation {
  private final Transformer transformer;
  private final Plan plan;
  private final Consumer<Progress> listener;

  /// Which rows coders and ablations overwrite.
  public enum Positions {
    /// All of them, special tokens too.
    ALL,
    /// Those that count; special tokens keep the model's own values.
    COUNTED
  }

  /// What coders are compared with. Each costs a pass for every coder and one for all of them.
  public enum Baseline {
    /// The values overwritten by zeros.
    ZERO,
    /// The values overwritten by their mean over the tokens evaluated.
    MEAN
  }

  /// What is evaluated.
  ///
  /// @param text held-out tokens
  /// @param tokensPerPass tokens that pass through the model together
  /// @param positions which rows are overwritten
  /// @param baselines what coders are compared with
  public record Plan(
      CorpusText text, int tokensPerPass, Positions positions, Set<Baseline> baselines) {

    /// Copies the set.
    public Plan {
      baselines = Set.copyOf(baselines);
    }

    /// {@return all positions, all baselines, and passes of at most 2,048 tokens or 64 MiB of
    /// logits}
    ///
    /// @param text held-out tokens
    /// @param config the model
    public static Plan of(CorpusText text, ModelConfig config) {
      int tokens = Math.min(2048, Math.max(1, (1 << 24) / config.extents().outputs()));
      return new Plan(text, tokens, Positions.ALL, Set.of(Baseline.values()));
    }
  }

  /// How far an evaluation is.
  ///
  /// @param pass 1 or 2
  /// @param sequences sequences done in this pass
  /// @param all sequences of a pass, or 0 while the first one counts them
  public record Progress(int pass, long sequences, long all) {}

  /// Prepares an evaluation.
  ///
  /// @param transformer the model
  /// @param plan what is evaluated
  /// @param listener told after every pass of the model
  public Evaluation(Transformer transformer, Plan plan, Consumer<Progress> listener) {
    this.transformer = transformer;
    this.plan = plan;
    this.listener = listener;
  }

  /// Evaluates coders, each alone and those of MLPs together.
  ///
  /// @param coders at least one; no two write the same MLP output
  /// @return what was found
  /// @throws IllegalArgumentException if a coder does not fit the model, or two write the same MLP
  ///   output
  /// @throws IOException if the text cannot be read, or no token of it counts
  public EvaluationReport run(List<SparseCoder> coders) throws IOException {
    check(coders);
    Set<HookPoint> points = new LinkedHashSet<>();
    for (SparseCoder coder : coders) {
      points.add(coder.reads());
      points.add(coder.writes());
    }
    var gather = new RowGather(transformer.config(), List.copyOf(points));
    Means means = means(coders, gather);
    List<CoderMeter> meters = new ArrayList<>();
    for (SparseCoder coder : coders) {
      meters.add(new CoderMeter(coder, means.of(coder.writes())));
    }
    Substitutions substitutions = new Substitutions(transformer, plan, coders, means.values());
    long sequences = 0;
    try (Groups groups = groups()) {
      for (Optional<Group> g = groups.next(); g.isPresent(); g = groups.next()) {
        Group group = g.get();
        gather.begin(group.rows());
        substitutions.clean(group, gather);
        for (CoderMeter meter : meters) {
          meter.add(group, gather, transformer.kernels());
        }
        substitutions.add(group);
        sequences += group.lengths().length;
        listener.accept(new Progress(2, sequences, means.sequences()));
      }
    }
    return report(means, meters, substitutions);
  }

  private EvaluationReport report(
      Means means, List<CoderMeter> meters, Substitutions substitutions) {
    List<CoderReport> reports = new ArrayList<>();
    for (int i = 0; i < meters.size(); i++) {
      CoderMeter meter = meters.get(i);
      Effect effect = substitutions.isLanguageModel() ? substitutions.alone(i) : null;
      reports.add(new CoderReport(meter.coder(), meter.reconstruction(), meter.sparsity(), effect));
    }
    return new EvaluationReport(
        means.tokens(),
        means.sequences(),
        substitutions.predictions(),
        substitutions.isLanguageModel() ? substitutions.clean() : null,
        reports,
        together(substitutions));
  }

  private static @Nullable Effect together(Substitutions substitutions) {
    return substitutions.isLanguageModel() && substitutions.hasTogether()
        ? substitutions.together()
        : null;
  }

  private Groups groups() throws IOException {
    CorpusText text = plan.text();
    return new Groups(text.corpus(), text.packing(), transformer.config(), plan.tokensPerPass());
  }

  private void check(List<SparseCoder> coders) {
    ModelConfig config = transformer.config();
    Set<HookPoint> written = new LinkedHashSet<>();
    for (SparseCoder coder : coders) {
      int in = HookWidths.of(config, coder.reads());
      int out = HookWidths.of(config, coder.writes());
      if (in != coder.weights().inputWidth() || out != coder.weights().outputWidth()) {
        throw new IllegalArgumentException(
            "the coder of %s is %d to %d wide, the model %d to %d"
                .formatted(
                    coder.writes().path(),
                    coder.weights().inputWidth(),
                    coder.weights().outputWidth(),
                    in,
                    out));
      }
      if (isOfMlp(coder) && !written.add(coder.writes())) {
        throw new IllegalArgumentException("two coders write " + coder.writes().path());
      }
    }
    if (coders.isEmpty()) {
      throw new IllegalArgumentException("no coder to evaluate");
    }
  }

  static boolean isOfMlp(SparseCoder coder) {
    return coder.writes().site() == Site.MLP_OUTPUT;
  }

  private record Means(Map<HookPoint, double[]> values, long tokens, long sequences) {
    double[] of(HookPoint point) {
      double[] mean = values.get(point);
      if (mean == null) {
        throw new IllegalArgumentException("no mean of " + point.path());
      }
      return mean;
    }
  }

  private Means means(List<SparseCoder> coders, RowGather gather) throws IOException {
    Map<HookPoint, PointMean> sums = new LinkedHashMap<>();
    for (SparseCoder coder : coders) {
      sums.put(coder.writes(), new PointMean(coder.weights().outputWidth()));
    }
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    long tokens = 0;
    long sequences = 0;
    try (Groups groups = groups()) {
      for (Optional<Group> group = groups.next(); group.isPresent(); group = groups.next()) {
        gather.begin(group.get().rows());
        transformer.forward(group.get().batch(), trace, gather);
        sums.forEach((point, sum) -> sum.add(gather.values(point)));
        tokens += group.get().rows().length;
        sequences += group.get().lengths().length;
        listener.accept(new Progress(1, sequences, 0));
      }
    }
    if (tokens == 0) {
      throw new IOException("no token of the corpus counts");
    }
    Map<HookPoint, double[]> means = new LinkedHashMap<>();
    sums.forEach((point, sum) -> means.put(point, sum.mean()));
    return new Means(means, tokens, sequences);
  }
}
