package ai.hartonomous.distill.evaluate;

import ai.hartonomous.distill.evaluate.Evidence.Answered;
import ai.hartonomous.distill.evaluate.Evidence.Part;
import ai.hartonomous.distill.evaluate.Evidence.Removed;
import ai.hartonomous.distill.evaluate.Evidence.Settings;
import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.AnswerMeter.Answers;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.prune.EmptyLayers;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.MeanAblation;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;

/// Measures evidence. Each component takes two passes over the items, from its own layer upwards:
/// below it nothing changes. A figure does not depend on which others are measured with it.
public final class EvidenceMeter {
  private final Kernels kernels;
  private final Model agent;
  private final Keep keep;
  private final EvidenceItems items;
  private final long seed;
  private final Interval.Bootstrap bootstrap;
  private final ComponentMeans means;
  private final Answers clean;
  private final Answers baseline;

  /// Measures the agent as it is, and with everything replaced.
  ///
  /// @param kernels computes everything
  /// @param agent the agent
  /// @param keep what it has of its source
  /// @param items what to answer
  /// @param seed decides the drawings of the bootstrap
  /// @throws InterruptedException if the thread was interrupted
  public EvidenceMeter(Kernels kernels, Model agent, Keep keep, EvidenceItems items, long seed)
      throws InterruptedException {
    this.kernels = kernels;
    this.agent = agent;
    this.keep = keep;
    this.items = items;
    this.seed = seed;
    bootstrap = new Interval.Bootstrap(items.examples().size(), seed);
    var transformer = new Transformer(agent, kernels);
    means = ComponentMeans.measure(transformer, items.examples());
    var meter = new AnswerMeter(transformer);
    clean = meter.measure(items.examples(), Hooks.NONE);
    baseline =
        meter.measure(
            items.examples(),
            MeanAblation.hooks(agent.config(), Keep.nothing(agent.config()), means));
  }

  /// {@return what all figures have in common}
  public Settings settings() {
    return new Settings(items.ids(), seed, answered(clean), answered(baseline));
  }

  private static Answered answered(Answers answers) {
    return new Answered(answers.meanLoss(), answers.exactCount());
  }

  /// Measures what was removed from the source.
  ///
  /// @param source the source
  /// @param examples the items as tokens of the source, in their order
  /// @return the effect of all of it together
  /// @throws InterruptedException if the thread was interrupted
  public Removed removed(Model source, List<Example> examples) throws InterruptedException {
    var transformer = new Transformer(source, kernels);
    ComponentMeans ofSource = ComponentMeans.measure(transformer, examples);
    var meter = new AnswerMeter(transformer);
    Answers whole = meter.measure(examples, Hooks.NONE);
    Answers ablated = meter.measure(examples, MeanAblation.hooks(source.config(), keep, ofSource));
    double[] differences = differences(ablated, whole);
    return new Removed(
        source.config().components() - keep.components(),
        answered(whole),
        answered(ablated),
        mean(differences),
        bootstrap.of(differences));
  }

  /// Measures components of the agent.
  ///
  /// @param wanted which, by their place in the source, such as `layers.3.heads.5`
  /// @param progress told the share that is done, from 0 to 1
  /// @return one entry for each, layer by layer, heads first
  /// @throws InterruptedException if the thread was interrupted
  public List<Part> parts(Predicate<String> wanted, DoubleConsumer progress)
      throws InterruptedException {
    List<Part> parts = new ArrayList<>();
    List<Place> places = places().stream().filter(place -> wanted.test(place.inSource())).toList();
    LayerRuns runs = null;
    for (Place place : places) {
      if (runs == null || runs.layer() != place.layer()) {
        runs = LayerRuns.record(new Transformer(agent, kernels), place.layer(), items, means);
      }
      parts.add(part(place, runs));
      progress.accept(parts.size() / (double) places.size());
    }
    return parts;
  }

  private Part part(Place place, LayerRuns runs) throws InterruptedException {
    Answers ablated = runs.ablated(place.site(), place.index());
    Answers patched = runs.patched(place.site(), place.index());
    double[] lost = differences(ablated, clean);
    double[] restored = differences(baseline, patched);
    return new Part(
        place.inSource(),
        place.inAgent(),
        answered(ablated),
        mean(lost),
        bootstrap.of(lost),
        answered(patched),
        mean(restored),
        bootstrap.of(restored));
  }

  /// A component of the agent.
  private record Place(int layer, Site site, int index, String inSource) {
    String inAgent() {
      return path(layer, site, index);
    }

    static String path(int layer, Site site, int index) {
      return "layers.%d.%s.%d"
          .formatted(layer, site == Site.HEAD_OUTPUT ? "heads" : "neurons", index);
    }
  }

  private List<Place> places() {
    List<Place> places = new ArrayList<>();
    int[] inSource = EmptyLayers.inSource(agent.config(), keep);
    for (int l = 0; l < inSource.length; l++) {
      Keep.Layer kept = keep.layers().get(inSource[l]);
      add(places, l, inSource[l], Site.HEAD_OUTPUT, kept.heads());
      add(places, l, inSource[l], Site.NEURONS, kept.neurons());
    }
    return places;
  }

  private static void add(List<Place> places, int layer, int inSource, Site site, int[] kept) {
    for (int i = 0; i < kept.length; i++) {
      places.add(new Place(layer, site, i, Place.path(inSource, site, kept[i])));
    }
  }

  private static double[] differences(Answers of, Answers less) {
    double[] differences = new double[of.losses().length];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = of.losses()[i] - less.losses()[i];
    }
    return differences;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
