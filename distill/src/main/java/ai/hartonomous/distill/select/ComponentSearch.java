package ai.hartonomous.distill.select;

import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.AnswerMeter.Answers;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.distill.importance.Components;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.GradientImportance;
import ai.hartonomous.distill.importance.LayerImportance;
import ai.hartonomous.distill.importance.Method;
import ai.hartonomous.distill.importance.Subject;
import ai.hartonomous.distill.prune.Budget;
import ai.hartonomous.distill.prune.ComponentWeights;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.Pruner;
import ai.hartonomous.distill.prune.Selection;
import ai.hartonomous.distill.select.Selected.Tried;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Finds the components that carry a capability together, within a budget.
///
/// What a component is worth depends on which others are there: of two that stand in for each other
/// one is worth nothing while both are there, and everything once the other is gone. So importance
/// is measured again and again in the cut state itself. Every component has a score; the best
/// scores within the budget stay, all others are replaced by their means. In that state one forward
/// and one backward pass over a few items tell for every component, kept or not, to first order how
/// much the loss would differ with it and without it:
///
/// ```
/// e_c = mean_i −Σ_t ∂L_i/∂a_c(i,t) · (a_c(i,t) − m_c)
/// r_c ← 0.9 r_c + 0.1 e_c        s_c ← s_c + η r_c / rms(r)
/// ```
///
/// (`rms` over all heads, or over all neurons). So a component that was cut wrongly comes back, and
/// one that another replaces goes. The budget shrinks from the whole model to its final size over
/// the first half of the steps, `1 − (1 − p)³` of the way at `p`; the rate `η` falls to 0 over the
/// second half. Every so often the choice is cut out of the model and its loss measured on
/// validation items, together with two others that give heads a little more and a little less of
/// the weights; the best of the three is gone on with. Last, cheap rankings are measured, cut
/// evenly. The best of all is the result.
///
/// Source: Sanh, Wolf and Rush, "Movement Pruning", 2020, arXiv:2005.07683, section 4, and
/// Ramanujan et al., "What's Hidden in a Randomly Weighted Neural Network?", 2020,
/// arXiv:1911.13299, section 3.2 (scores that learn through a choice of the best); Zhu and Gupta,
/// "To Prune, or Not to Prune", 2017, arXiv:1710.01878, equation 1 (the schedule). Departs from
/// them in that whole components are chosen, means take the place of zeros, no weight is trained,
/// and the result is the choice with the least measured loss.
public final class ComponentSearch {
  private static final List<Method> CLOSING =
      List.of(Method.GRADIENT, Method.ACTIVATION, Method.WANDA);
  private static final double STRIDE = 1.2;
  private static final double MEMORY = 0.9;
  private static final double LEAST_HEAD_SHARE = 0.05;
  private static final double MOST_HEAD_SHARE = 0.95;

  private final Transformer transformer;
  private final ComponentMeans means;
  private final List<Example> calibration;
  private final List<Example> validation;
  private final Components components;

  /// How to search.
  ///
  /// @param allocation how the budget may be spread over layers
  /// @param beginnings rankings to begin with; the first one gives the first scores
  /// @param steps steps of learning; 0 takes the best of the rankings that the search begins with
  /// @param batch items in a step
  /// @param rate `η` while the budget shrinks
  /// @param every steps between two measurements
  /// @param seed decides which items a step sees
  public record Settings(
      Allocation allocation,
      List<Method> beginnings,
      int steps,
      int batch,
      double rate,
      int every,
      long seed) {
    private static final int TOKENS = 1024;

    /// {@return the usual choice}
    ///
    /// @param allocation how the budget may be spread over layers
    /// @param itemLength mean number of tokens of an item; a step sees about 1,024 tokens, of at
    ///   least 4 and at most 64 items
    /// @param seed decides which items a step sees
    public static Settings usual(Allocation allocation, double itemLength, long seed) {
      int batch = Math.clamp(Math.round(TOKENS / itemLength), 4, 64);
      return new Settings(
          allocation, List.of(Method.GRADIENT, Method.ACTIVATION), 120, batch, 0.1, 6, seed);
    }

    /// {@return no learning: one ranking with its best division between heads and neurons}
    ///
    /// @param allocation how the budget may be spread over layers
    /// @param method the ranking
    /// @param seed decides a random ranking
    public static Settings ranking(Allocation allocation, Method method, long seed) {
      return new Settings(allocation, List.of(method), 0, 1, 1, 1, seed);
    }

    /// Checks the ranges.
    ///
    /// @throws IllegalArgumentException if a number is out of range
    public Settings {
      beginnings = List.copyOf(beginnings);
      if (beginnings.isEmpty()) {
        throw new IllegalArgumentException("no ranking to begin with");
      }
      if (steps < 0 || batch < 1 || every < 1 || !(rate > 0)) {
        throw new IllegalArgumentException(
            "%d steps of %d items at rate %s, measured every %d"
                .formatted(steps, batch, rate, every));
      }
    }
  }

  /// Searches in one model.
  ///
  /// @param transformer the model
  /// @param means what removed components are replaced with
  /// @param calibration items to learn scores from; at least one
  /// @param validation items to compare choices with; at least one, none of them among the others
  public ComponentSearch(
      Transformer transformer,
      ComponentMeans means,
      List<Example> calibration,
      List<Example> validation) {
    this.transformer = transformer;
    this.means = means;
    this.calibration = List.copyOf(calibration);
    this.validation = List.copyOf(validation);
    components = new Components(transformer.config());
  }

  /// Searches within a budget.
  ///
  /// @param budget what may stay
  /// @param settings how to search
  /// @param progress told the share of the work that is done
  /// @return what was found; empty if the budget is too small for one of each kind in every layer
  /// @throws InterruptedException if the thread was interrupted between two steps
  public Optional<Selected> search(Budget budget, Settings settings, DoubleConsumer progress)
      throws InterruptedException {
    var run = new Run(budget, settings);
    run.begin();
    if (run.best == null) {
      return Optional.empty();
    }
    for (int step = 0; step < settings.steps(); step++) {
      run.step(step);
      progress.accept((step + 1.0) / settings.steps());
    }
    if (settings.steps() > 0) {
      run.close();
    }
    return Optional.of(run.result());
  }

  /// {@return the share of the weights of all components that belongs to heads}
  private double wholeHeadShare() {
    var weights = new ComponentWeights(transformer.config());
    Keep all = Keep.all(transformer.config());
    long heads = 0;
    for (int l = 0; l < all.layers().size(); l++) {
      heads += weights.ofHeads(l, all.layers().get(l).heads());
    }
    return heads / (double) weights.ofAll();
  }

  /// A choice that was measured.
  private record Measured(boolean[] kept, double[] scores, double headShare, Answers answers) {

    double loss() {
      return answers.meanLoss();
    }
  }

  private final class Run {
    private final Budget budget;
    private final Settings settings;
    private final SplittableRandom random;
    private final GradientImportance gradients = new GradientImportance(transformer);
    private final List<Tried> tried = new ArrayList<>();
    private final double wholeHeadShare = wholeHeadShare();
    private final double[] running = new double[components.count()];
    private double[] scores = {};
    private final boolean[] gone = new boolean[components.layers()];
    private int[] turns = {};
    private int turn;
    private double headShare;
    private @Nullable Measured best;

    Run(Budget budget, Settings settings) {
      this.budget = budget;
      this.settings = settings;
      random = new SplittableRandom(settings.seed());
    }

    /// Measures rankings of the whole model, each with several divisions between heads and neurons.
    void begin() throws InterruptedException {
      var subject = new Subject(transformer, calibration, means, settings.seed());
      for (Method method : settings.beginnings()) {
        double[] ranking = scaled(components.flat(method.measure(subject)));
        double first = Math.max(LEAST_HEAD_SHARE, wholeHeadShare) / STRIDE; // heads may be gone
        for (double share = first; share < 1; share *= STRIDE * STRIDE) {
          measure(0, ranking, share);
        }
        if (scores.length == 0) {
          scores = ranking;
        }
      }
      if (best != null) {
        headShare = best.headShare();
      }
      if (settings.allocation().movesLayers()) {
        double[] turning = new LayerImportance(transformer).turning(calibration);
        turns =
            IntStream.range(0, turning.length)
                .boxed()
                .sorted(Comparator.comparingDouble(l -> turning[l]))
                .mapToInt(Integer::intValue)
                .toArray();
      }
    }

    void step(int step) throws InterruptedException {
      double half = settings.steps() / 2.0;
      double way = Math.min(1, (step + 1) / half);
      boolean[] kept = choose(scores, way).orElseGet(() -> Objects.requireNonNull(best).kept());
      List<Example> items = new ArrayList<>();
      for (int i = 0; i < settings.batch(); i++) {
        items.add(calibration.get(random.nextInt(calibration.size())));
      }
      double[] effects = components.flat(gradients.effects(items, means, kept).signed());
      for (int c = 0; c < effects.length; c++) {
        running[c] = MEMORY * running[c] + (1 - MEMORY) * effects[c];
      }
      double[] moves = scaled(running);
      double rate = settings.rate() * Math.min(1, 1.05 - (step - half) / half);
      for (int c = 0; c < moves.length; c++) {
        scores[c] += rate * moves[c];
      }
      boolean last = step + 1 == settings.steps();
      if (way >= 1 && ((step + 1) % settings.every() == 0 || last)) {
        compare(step + 1);
      }
    }

    /// Measures cheap rankings cut evenly, so that the result loses to none of them.
    void close() throws InterruptedException {
      var subject = new Subject(transformer, calibration, means, settings.seed());
      for (Method method : CLOSING) {
        ComponentScores ranked = method.measure(subject);
        Optional<Keep> even = new Selection(transformer.config(), ranked).evenly(budget);
        if (even.isPresent()) {
          boolean[] kept = Mask.of(components, even.get());
          measure(settings.steps(), components.flat(ranked), wholeHeadShare, kept);
        }
      }
    }

    /// The choice of the present scores on the way from the whole model to the budget.
    private Optional<boolean[]> choose(double[] by, double way) {
      double left = Math.pow(1 - way, 3);
      double share = budget.parameterShare() + left * (1 - budget.parameterShare());
      int most = budget.components() + (int) (left * (components.count() - budget.components()));
      double heads = headShare + left * (wholeHeadShare - headShare);
      Budget now = way >= 1 ? budget : new Budget(Math.min(1, share), Math.max(1, most));
      return settings.allocation().choose(transformer.config(), present(by), now, heads);
    }

    /// Measures the present scores with three divisions and goes on with the best.
    private void compare(int step) throws InterruptedException {
      double[] present = scores.clone();
      double around = headShare;
      double least = Double.POSITIVE_INFINITY;
      for (double share : new double[] {around, around * STRIDE, around / STRIDE}) {
        double inside = Math.clamp(share, LEAST_HEAD_SHARE, MOST_HEAD_SHARE);
        Optional<Measured> measured = measure(step, present, inside);
        if (measured.isPresent() && measured.get().loss() < least) {
          least = measured.get().loss();
          headShare = inside;
        }
      }
      if (turns.length > 0) {
        moveLayer(step, present, least);
      }
    }

    /// Leaves out one more layer, or takes one back, where that is better. Layers have their turns,
    /// those that turn the residual stream least first.
    private void moveLayer(int step, double[] present, double least) throws InterruptedException {
      int layer = turns[turn++ % turns.length];
      gone[layer] = !gone[layer];
      Optional<Measured> moved = measure(step, present, headShare);
      if (moved.isEmpty() || moved.get().loss() >= least) {
        gone[layer] = !gone[layer];
      }
    }

    /// {@return the scores, below all others in layers that are left out}
    private double[] present(double[] by) {
      double[] present = by.clone();
      for (int c = 0; c < present.length; c++) {
        present[c] = gone[components.layer(c)] ? Double.NEGATIVE_INFINITY : present[c];
      }
      return present;
    }

    private Optional<Measured> measure(int step, double[] by, double share)
        throws InterruptedException {
      Optional<boolean[]> kept =
          settings.allocation().choose(transformer.config(), present(by), budget, share);
      if (kept.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(measure(step, by, share, kept.get()));
    }

    private Measured measure(int step, double[] by, double share, boolean[] kept)
        throws InterruptedException {
      var measured = new Measured(kept, by, share, answers(kept));
      int count = Mask.keep(components, kept).components();
      tried.add(new Tried(step, share, count, measured.loss()));
      if (best == null || measured.loss() < best.loss()) {
        best = measured;
      }
      return measured;
    }

    private Answers answers(boolean[] kept) throws InterruptedException {
      Model cut = Pruner.prune(transformer.model(), Mask.keep(components, kept), means);
      return new AnswerMeter(new Transformer(cut, transformer.kernels()))
          .measure(validation, Hooks.NONE);
    }

    Selected result() {
      Measured found = best;
      if (found == null) {
        throw new IllegalStateException("nothing was measured");
      }
      return new Selected(
          Mask.keep(components, found.kept()),
          components.scores(
              "learned", calibration.size(), found.scores(), new double[found.scores().length]),
          found.headShare(),
          found.loss(),
          found.answers().exactMatch(),
          tried);
    }
  }

  /// Divides the numbers of heads by their root mean square, and those of neurons by theirs.
  private double[] scaled(double[] numbers) {
    double[] squares = new double[2];
    int[] counts = new int[2];
    for (int c = 0; c < numbers.length; c++) {
      int kind = components.isHead(c) ? 1 : 0;
      squares[kind] += numbers[c] * numbers[c];
      counts[kind]++;
    }
    double[] scaled = new double[numbers.length];
    for (int c = 0; c < numbers.length; c++) {
      int kind = components.isHead(c) ? 1 : 0;
      scaled[c] = numbers[c] / Math.max(1e-30, Math.sqrt(squares[kind] / counts[kind]));
    }
    return scaled;
  }
}
