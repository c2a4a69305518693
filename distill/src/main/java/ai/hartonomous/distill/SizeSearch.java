package ai.hartonomous.distill;

import ai.hartonomous.distill.Formats.Scored;
import ai.hartonomous.distill.ProgressListener.Stage;
import ai.hartonomous.distill.Validation.Figures;
import ai.hartonomous.distill.evaluate.DecodeSpeed;
import ai.hartonomous.distill.evaluate.SearchPoint;
import ai.hartonomous.distill.heal.Healer;
import ai.hartonomous.distill.heal.Healer.Healed;
import ai.hartonomous.distill.heal.Healer.Keeping;
import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.GradientImportance;
import ai.hartonomous.distill.prune.Budget;
import ai.hartonomous.distill.prune.EmptyLayers;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.Pruner;
import ai.hartonomous.distill.prune.Selection;
import ai.hartonomous.distill.select.Allocation;
import ai.hartonomous.distill.select.ComponentSearch;
import ai.hartonomous.distill.select.ComponentSearch.Settings;
import ai.hartonomous.distill.select.Selected;
import ai.hartonomous.distill.work.Fingerprint;
import ai.hartonomous.distill.work.WorkFolder;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the smallest size that keeps the capability: cut, heal, measure on validation items, and
/// cut what came of it again, as long as enough stays right. The last size that did is healed once
/// more, for longer. Cutting in steps with healing between is advised for cuts of more than one
/// half by Muralidharan et al., "Compact Language Models via Pruning and Knowledge Distillation",
/// 2024, arXiv:2407.14679, section 4.
///
/// Importance, cuts and healings are kept in the work folder. A search that was killed is done
/// again from the start with what is there, which gives the same result.
final class SizeSearch {
  private static final Allocation ALLOCATION = Allocation.LAYERS;

  /// Parts must be this much faster than asked for, so that the agent still is when it is measured.
  private static final double SPEED_MARGIN = 1.05;

  private final Tools tools;
  private final Recipe recipe;
  private final Data data;
  private final Limits limits;
  private final List<SearchPoint> points = new ArrayList<>();

  /// What the search works with.
  ///
  /// @param kernels computes it
  /// @param healer teaches cut models
  /// @param work keeps what is finished
  /// @param progress told how far it is
  record Tools(Kernels kernels, Healer healer, WorkFolder work, Steps progress) {}

  /// What the search measures with.
  ///
  /// @param importance items that importance is measured on
  /// @param validation items that sizes are compared on
  /// @param gauge tells how much a part keeps of the validation items' capabilities
  record Data(List<Example> importance, List<Example> validation, Validation gauge) {}

  /// What the search must respect.
  ///
  /// @param maxComponents most heads and neurons
  /// @param seed decides the order of healing items
  /// @param targets what else it may cost
  /// @param prompt tokens to continue when speed is measured
  record Limits(int maxComponents, long seed, Targets targets, int[] prompt) {

    /// Limits of components alone.
    Limits(int maxComponents, long seed) {
      this(maxComponents, seed, Targets.NONE, new int[1]);
    }
  }

  /// A model that is a part of the source.
  ///
  /// @param model the part, healed
  /// @param keep what it kept of the source
  /// @param figures how it does on validation items
  record Part(Model model, Keep keep, Figures figures) {}

  /// What the search ended with.
  ///
  /// @param best the part to pack
  /// @param scores importance of the source's components
  /// @param points all sizes that were tried
  record Found(Part best, ComponentScores scores, List<SearchPoint> points) {}

  SizeSearch(Tools tools, Recipe recipe, Data data, Limits limits) {
    this.tools = tools;
    this.recipe = recipe;
    this.data = data;
    this.limits = limits;
  }

  /// Searches from half the size downwards, and upwards where half does not do.
  ///
  /// @param source the whole model; unchanged
  /// @return the best part
  /// @throws InvalidRequestException if the limits leave no head and no neuron
  /// @throws IOException if the work folder cannot be read or written
  Found search(Model source) throws InterruptedException, IOException {
    Scored scored = score(source);
    Keep everything = Keep.all(source.config());
    var whole = new Part(source, everything, figures(source));
    Part best = null;
    Part from = whole;
    double most = mostWeights(source);
    for (Size size : sizes(everything.components(), most)) {
      Part next = cut(whole, from, points.isEmpty() ? scored : score(from.model()), size);
      if (next == null) {
        break;
      }
      boolean within = within(next);
      boolean enough = margin(next, whole, recipe.aim()) >= 0;
      if (within && (best == null || enough)) {
        best = next;
      }
      if (within && !enough) {
        break;
      }
      from = next;
    }
    boolean tooSlow = from.keep().components() <= limits.maxComponents() && !points.isEmpty();
    best = best == null && tooSlow ? from : best;
    if (best == null) {
      throw new InvalidRequestException(
          "no head or neuron fits into %d components and the targets"
              .formatted(limits.maxComponents()));
    }
    best = polish(best);
    return new Found(enlarged(whole, scored, best, most), scored.scores(), List.copyOf(points));
  }

  /// What one cut may keep.
  ///
  /// @param share of the whole model's components and of their weights
  /// @param components most components
  private record Size(double share, int components) {}

  /// The recipe's sizes from one half down. Sizes above the limit are steps on the way to it; the
  /// last of them is cut to the limit itself, and where the recipe ends above it, more are added.
  private List<Size> sizes(int all, double mostWeights) {
    List<Double> shares = new ArrayList<>(recipe.shares().stream().filter(s -> s <= 0.5).toList());
    while (isAbove(shares.getLast(), all, mostWeights)) {
      shares.add(shares.getLast() / 2);
    }
    List<Size> sizes = new ArrayList<>();
    for (int i = 0; i < shares.size(); i++) {
      int components = (int) (shares.get(i) * all);
      boolean onTheWay = i + 1 < shares.size() && isAbove(shares.get(i + 1), all, mostWeights);
      int most = onTheWay ? components : Math.min(components, limits.maxComponents());
      double share = onTheWay ? shares.get(i) : Math.min(shares.get(i), mostWeights);
      sizes.add(new Size(share, most));
    }
    return sizes;
  }

  private boolean isAbove(double share, int all, double mostWeights) {
    return share * all > limits.maxComponents() || share > mostWeights;
  }

  /// {@return the share of the weights of heads and neurons that the targets allow}
  private double mostWeights(Model source) throws InvalidRequestException {
    long most = limits.targets().mostParameters();
    if (most == Long.MAX_VALUE) {
      return 1;
    }
    return Budget.ofParameters(source, most)
        .map(Budget::parameterShare)
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "%d parameters are too few: embeddings, norms and folded means have more"
                        .formatted(most)));
  }

  private boolean within(Part part) throws InterruptedException, IOException {
    Double rate = limits.targets().tokensPerSecond();
    Model agent = EmptyLayers.remove(part.model(), part.keep());
    return part.keep().components() <= limits.maxComponents()
        && agent.weights().parameterCount() <= limits.targets().mostParameters()
        && (rate == null || speed(agent) >= SPEED_MARGIN * rate);
  }

  /// {@return tokens that a part decodes in a second; kept, so that a resumed search goes the same
  /// way}
  private double speed(Model agent) throws InterruptedException, IOException {
    tools.progress().tell(Stage.SELECT, "measuring speed");
    return tools
        .work()
        .stage(
            "speed-" + points.size(),
            Fingerprint.of(agent),
            Formats.NUMBER,
            () ->
                DecodeSpeed.measure(
                    List.of(new Transformer(agent, tools.kernels())), List.of(limits.prompt()))[0]);
  }

  /// Larger sizes, one by one, while the threshold is out of reach and the limit allows them.
  private Part enlarged(Part whole, Scored scored, Part half, double mostWeights)
      throws InterruptedException, IOException {
    Part best = half;
    List<Double> shares = recipe.shares().stream().filter(s -> s > 0.5).sorted().toList();
    for (double share : shares) {
      boolean reached = margin(best, whole, 0) >= 0;
      if (reached || best.keep().components() >= limits.maxComponents()) {
        return best;
      }
      int components = (int) Math.min(limits.maxComponents(), share * whole.keep().components());
      var size = new Size(Math.min(share, mostWeights), components);
      Part next = cut(whole, whole, scored, size);
      boolean larger = next != null && next.keep().components() > best.keep().components();
      if (next != null && larger && within(next)) {
        Part polished = polish(next);
        best = margin(polished, whole, 0) > margin(best, whole, 0) ? polished : best;
      }
    }
    return best;
  }

  private double margin(Part part, Part whole, double aim) {
    return data.gauge().margin(part.figures(), whole.figures(), aim);
  }

  private Figures figures(Model model) throws InterruptedException, IOException {
    var meter = new AnswerMeter(new Transformer(model, tools.kernels()));
    boolean[] exact = meter.measure(data.validation(), Hooks.NONE).exact();
    return data.gauge().figures(model, exact);
  }

  private Scored score(Model model) throws InterruptedException, IOException {
    tools.progress().tell(Stage.SELECT, "measuring the importance of every head and neuron");
    return tools
        .work()
        .stage(
            "importance-" + points.size(),
            Fingerprint.of(model),
            Formats.SCORED,
            () -> {
              var transformer = new Transformer(model, tools.kernels());
              ComponentMeans means = ComponentMeans.measure(transformer, data.importance());
              var importance = new GradientImportance(transformer);
              return new Scored(means, importance.measure(data.importance(), means));
            });
  }

  /// Cuts `from` to a share of the whole, and heals it; null where the budget is too small.
  private @Nullable Part cut(Part whole, Part from, Scored scored, Size size)
      throws InterruptedException, IOException {
    Model model = from.model();
    var all = new Selection(whole.model().config(), scored.scores());
    var selection = new Selection(model.config(), scored.scores());
    double weights =
        size.share()
            * all.parameters(whole.keep())
            / selection.parameters(Keep.all(model.config()));
    if (size.components() < 1) {
      return null;
    }
    var budget = new Budget(Math.min(1, weights), size.components());
    Keep keep =
        tools
            .work()
            .stage(
                "kept-" + points.size(),
                Fingerprint.of(model) + ", " + size,
                Formats.KEEP,
                () -> selected(model, budget, selection, scored.means()));
    if (keep.components() == 0) {
      return null;
    }
    Model smaller = Pruner.prune(model, keep, scored.means());
    return heal(smaller, from.keep().then(keep), recipe.step());
  }

  /// The components found by measuring the cut state; where that finds none, the best scores; none
  /// if nothing fits into the budget.
  private Keep selected(Model model, Budget budget, Selection selection, ComponentMeans means)
      throws InterruptedException {
    List<Example> calibration =
        data.importance().stream().filter(item -> !data.validation().contains(item)).toList();
    double length = calibration.stream().mapToInt(Example::length).average().orElseThrow();
    var transformer = new Transformer(model, tools.kernels());
    var search = new ComponentSearch(transformer, means, calibration, data.validation());
    String message = "choosing among %d heads and neurons".formatted(model.config().components());
    return search
        .search(
            budget,
            Settings.usual(ALLOCATION, length, limits.seed() + points.size()),
            done -> tools.progress().tell(Stage.SELECT, message, done))
        .map(Selected::keep)
        .or(() -> selection.candidates(budget, 1).stream().findFirst())
        .orElseGet(() -> Keep.nothing(model.config()));
  }

  private Part polish(Part part) throws InterruptedException, IOException {
    return heal(part.model(), part.keep(), recipe.polish());
  }

  private Part heal(Model model, Keep keep, HealingPlan plan)
      throws InterruptedException, IOException {
    String what = "healing %d components".formatted(keep.components());
    Healed healed =
        tools
            .healer()
            .heal(
                model,
                plan,
                limits.seed() + points.size(),
                new Keeping(tools.work(), Integer.toString(points.size())),
                done -> tools.progress().tell(Stage.HEAL, what, done));
    var point =
        new SearchPoint(
            keep.components(),
            model.weights().parameterCount(),
            healed.steps(),
            data.validation().size(),
            healed.before().exactMatch(),
            healed.after().exactMatch(),
            healed.after().meanLoss());
    points.add(point);
    tools.progress().add(point);
    return new Part(model, keep, data.gauge().figures(model, healed.after().exact()));
  }
}
