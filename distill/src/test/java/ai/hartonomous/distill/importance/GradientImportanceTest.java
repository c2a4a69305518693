package ai.hartonomous.distill.importance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GradientImportanceTest {
  private static final long SEED = Long.getLong("test.seed", 5);

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  static Stream<Tiny.Named> models() {
    return Tiny.all(SEED).stream();
  }

  /// A short step of every component toward its mean, measured with two forward passes.
  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void scoreIsTheSlopeTowardMeanAblation(Tiny.Named named) throws InterruptedException {
    Fixture fixture = fixture(named.model(), 6);
    float step = 0x1p-7f;

    ComponentScores scores = fixture.scores();

    for (Component component : components(named.model())) {
      double[] up = fixture.losses(component, step);
      double[] down = fixture.losses(component, -step);
      double expected =
          IntStream.range(0, up.length)
              .mapToDouble(i -> Math.abs(up[i] - down[i]) / (2 * step))
              .average()
              .orElseThrow();
      // Losses carry about 1e-6 of rounding, so slopes 1e-6 / step; the rest is third-order.
      assertThat(component.of(scores))
          .as(component.toString())
          .isCloseTo(expected, within(2e-3 + 0.02 * expected));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void scoresRankComponentsLikeRealMeanAblation(Tiny.Named named) throws InterruptedException {
    Fixture fixture = fixture(named.model(), 24);
    List<Component> components = components(named.model());

    ComponentScores scores = fixture.scores();

    double[] clean = fixture.losses(components.getFirst(), 0);
    double[] estimated = new double[components.size()];
    double[] real = new double[components.size()];
    for (int c = 0; c < real.length; c++) {
      double[] ablated = fixture.losses(components.get(c), 1);
      estimated[c] = components.get(c).of(scores);
      for (int i = 0; i < clean.length; i++) {
        real[c] += Math.abs(ablated[i] - clean[i]) / clean.length;
      }
    }
    assumeTrue(real.length > 4, "too few components to rank");
    assertThat(rankCorrelation(estimated, real)).isGreaterThan(0.7);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void standardErrorFallsWithItems(Tiny.Named named) throws InterruptedException {
    ComponentScores few = fixture(named.model(), 8).scores();
    ComponentScores many = fixture(named.model(), 128).scores();

    double fewErrors = components(named.model()).stream().mapToDouble(c -> c.errorOf(few)).sum();
    double manyErrors = components(named.model()).stream().mapToDouble(c -> c.errorOf(many)).sum();
    assertThat(manyErrors).isPositive().isLessThan(fewErrors);
  }

  private Fixture fixture(Model model, int items) throws InterruptedException {
    var transformer = new Transformer(model, kernels);
    var random = new SplittableRandom(SEED);
    int vocabulary = model.config().extents().vocabulary();
    int outputs = model.config().extents().outputs();
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      int[] prompt = random.ints(3 + i % 3, 0, vocabulary).toArray();
      examples.add(Example.of(prompt, random.ints(2, 0, outputs).toArray()));
    }
    return new Fixture(transformer, examples, ComponentMeans.measure(transformer, examples));
  }

  private record Fixture(Transformer transformer, List<Example> examples, ComponentMeans means) {

    ComponentScores scores() throws InterruptedException {
      return new GradientImportance(transformer).measure(examples, means);
    }

    /// Loss of each example with one component moved the share `step` of the way to its mean.
    double[] losses(Component component, float step) throws InterruptedException {
      int width = component.site() == Site.NEURONS ? 1 : transformer.config().extents().headWidth();
      ComponentMeans.Layer layer = means.layers().get(component.layer());
      float[] mean = component.site() == Site.NEURONS ? layer.neurons() : layer.heads();
      HookPoint place = new HookPoint(component.site(), component.layer());
      Hooks hooks =
          (point, values) -> {
            if (point.equals(place)) {
              move(values, component.index() * width, width, mean, step);
            }
          };
      return new AnswerMeter(transformer).measure(examples, hooks).losses();
    }

    private static void move(Matrix values, int from, int width, float[] mean, float step) {
      for (int r = 0; r < values.rows(); r++) {
        for (int c = from; c < from + width; c++) {
          int at = values.rowOffset(r) + c;
          values.data()[at] += step * (mean[c] - values.data()[at]);
        }
      }
    }
  }

  private record Component(Site site, int layer, int index) {

    double of(ComponentScores scores) {
      ComponentScores.Layer scored = scores.layers().get(layer);
      return site == Site.NEURONS ? scored.neurons()[index] : scored.heads()[index];
    }

    double errorOf(ComponentScores scores) {
      ComponentScores.Layer scored = scores.layers().get(layer);
      return site == Site.NEURONS ? scored.neuronErrors()[index] : scored.headErrors()[index];
    }
  }

  private static List<Component> components(Model model) {
    List<Component> all = new ArrayList<>();
    for (int l = 0; l < model.config().layers().size(); l++) {
      for (int h = 0; h < model.config().layers().get(l).heads(); h++) {
        all.add(new Component(Site.HEAD_OUTPUT, l, h));
      }
      for (int n = 0; n < model.config().layers().get(l).neurons(); n++) {
        all.add(new Component(Site.NEURONS, l, n));
      }
    }
    return all;
  }

  /// Spearman's rank correlation.
  private static double rankCorrelation(double[] a, double[] b) {
    double[] x = ranks(a);
    double[] y = ranks(b);
    double middle = (a.length - 1) / 2.0;
    double covariance = 0;
    double variance = 0;
    for (int i = 0; i < x.length; i++) {
      covariance += (x[i] - middle) * (y[i] - middle);
      variance += (x[i] - middle) * (x[i] - middle);
    }
    return covariance / variance;
  }

  private static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(i -> i)
            .toArray();
    double[] ranks = new double[values.length];
    for (int r = 0; r < order.length; r++) {
      ranks[order[r]] = r;
    }
    return ranks;
  }
}
