package ai.hartonomous.distill.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.importance.AnswerMeter;
import ai.hartonomous.distill.importance.ComponentMeans;
import ai.hartonomous.distill.importance.Components;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.Method;
import ai.hartonomous.distill.prune.Budget;
import ai.hartonomous.distill.prune.ComponentWeights;
import ai.hartonomous.distill.prune.Keep;
import ai.hartonomous.distill.prune.MeanAblation;
import ai.hartonomous.distill.prune.Pruner;
import ai.hartonomous.distill.select.ComponentSearch.Settings;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ComponentSearchTest {
  private static final long SEED = Long.getLong("test.seed", 41);
  private static final Budget HALF = new Budget(0.5, 1000);

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  static Stream<Tiny.Named> models() {
    return Tiny.all(SEED).stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void staysWithinTheBudgetAndReportsWhatItMeasured(Tiny.Named named) throws InterruptedException {
    Model model = named.model();
    var fixture = new Fixture(model, 40);
    Budget budget = new Budget(0.7, Math.max(2, model.config().components() - 3));

    Optional<Selected> found = fixture.search(budget, settings(Allocation.FREE, 20));

    if (found.isEmpty()) {
      assertThat(named.name()).isIn("llama-ragged", "gpt2-ragged", "toy-attention-only");
      return;
    }
    Keep keep = found.get().keep();
    var weights = new ComponentWeights(model.config());
    assertThat(keep.components()).isLessThanOrEqualTo(budget.components());
    assertThat(weights.of(keep)).isLessThanOrEqualTo((long) (0.7 * weights.ofAll()));
    assertThat(found.get().loss()).isCloseTo(fixture.loss(keep), within(1e-4));
    double least = found.get().tried().stream().mapToDouble(Selected.Tried::loss).min().orElse(0);
    assertThat(found.get().loss()).isEqualTo(least);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Allocation.class)
  void neverLosesToTheRankingsItBeginsWith(Allocation allocation) throws InterruptedException {
    var fixture = new Fixture(Tiny.qwen2(SEED), 80);

    double learned = fixture.search(HALF, settings(allocation, 60)).orElseThrow().loss();

    for (Method method : List.of(Method.GRADIENT, Method.ACTIVATION)) {
      var ranking = Settings.ranking(allocation, method, SEED);
      double ranked = fixture.search(HALF, ranking).orElseThrow().loss();
      assertThat(learned).as(method.label()).isLessThan(ranked);
    }
  }

  @Test
  void layersMayLoseEverythingWhereScoresSaySo() {
    Model model = Tiny.llama(SEED);
    var components = new Components(model.config());
    double[] scores = new double[components.count()];
    for (int c = 0; c < scores.length; c++) {
      scores[c] = components.layer(c) == 0 ? 1 + c : Double.NEGATIVE_INFINITY;
    }

    boolean[] open =
        Allocation.OPEN.choose(model.config(), scores, new Budget(0.9, 1000), 0.5).orElseThrow();
    boolean[] free =
        Allocation.FREE.choose(model.config(), scores, new Budget(0.9, 1000), 0.5).orElseThrow();

    Keep without = Mask.keep(components, open);
    Keep with = Mask.keep(components, free);
    assertThat(without.layers().get(1).heads()).isEmpty();
    assertThat(without.layers().get(1).neurons()).isEmpty();
    assertThat(without.layers().get(0).neurons()).hasSize(10);
    assertThat(with.layers().get(1).heads()).hasSize(1);
    assertThat(with.layers().get(1).neurons()).hasSize(1);
  }

  /// One layer does nothing at all, so its share is worth more elsewhere.
  @Test
  void leavesOutALayerThatDoesNothing() throws InterruptedException {
    Model model = idle(Tiny.gpt2(SEED), 0);
    var fixture = new Fixture(model, 60);

    Selected found =
        fixture.search(new Budget(0.2, 1000), settings(Allocation.LAYERS, 60)).orElseThrow();

    assertThat(found.keep().layers().get(1).neurons()).isNotEmpty();
    assertThat(found.keep().layers().get(0).heads()).isEmpty();
    assertThat(found.keep().layers().get(0).neurons()).isEmpty();
    assertThat(found.loss()).isCloseTo(fixture.loss(found.keep()), within(1e-4));
  }

  @Test
  void searchesWhatHasLostAllHeadsOrAllNeurons() throws InterruptedException {
    Model whole = Tiny.llama(SEED);
    ComponentMeans means = new Fixture(whole, 24).means;
    for (boolean heads : new boolean[] {true, false}) {
      List<Keep.Layer> layers = new ArrayList<>();
      for (Keep.Layer layer : Keep.all(whole.config()).layers()) {
        layers.add(
            new Keep.Layer(
                heads ? layer.heads() : new int[0], heads ? new int[0] : layer.neurons()));
      }
      var fixture = new Fixture(Pruner.prune(whole, new Keep(layers), means), 24);

      Keep keep =
          fixture
              .search(new Budget(0.5, 1000), settings(Allocation.LAYERS, 12))
              .orElseThrow()
              .keep();

      assertThat(keep.components()).isPositive();
    }
  }

  /// What the layer puts out is zero.
  private static Model idle(Model model, int layer) {
    LayerWeights weights = model.weights().layers().get(layer);
    LayerWeights.Mlp mlp = weights.mlp();
    Arrays.fill(((Matrix) weights.attention().output().weight()).data(), 0);
    if (mlp != null) {
      Arrays.fill(((Matrix) mlp.down().weight()).data(), 0);
    }
    return model;
  }

  @Test
  void evenAllocationKeepsEqualLayers() throws InterruptedException {
    var fixture = new Fixture(Tiny.llama(SEED), 40);

    Keep keep = fixture.search(HALF, settings(Allocation.EVEN, 20)).orElseThrow().keep();

    Keep.Layer first = keep.layers().getFirst();
    for (Keep.Layer layer : keep.layers()) {
      assertThat(layer.heads()).hasSameSizeAs(first.heads());
      assertThat(layer.neurons()).hasSameSizeAs(first.neurons());
    }
  }

  @Test
  void sameSeedSameChoice() throws InterruptedException {
    var fixture = new Fixture(Tiny.neox(SEED), 40);

    Selected one = fixture.search(HALF, settings(Allocation.FREE, 20)).orElseThrow();
    Selected two = fixture.search(HALF, settings(Allocation.FREE, 20)).orElseThrow();

    assertThat(one.tried()).isEqualTo(two.tried());
    for (int l = 0; l < one.keep().layers().size(); l++) {
      assertThat(one.keep().layers().get(l).neurons())
          .containsExactly(two.keep().layers().get(l).neurons());
    }
  }

  /// Heads leave room for a neuron in every layer.
  @Test
  void findsTheSmallestBudgetsToo() throws InterruptedException {
    var fixture = new Fixture(Tiny.llama(SEED), 24);
    for (int components = 4; components < 9; components++) {
      for (double share : new double[] {0.4, 0.9}) {
        var budget = new Budget(share, components);

        Keep keep = fixture.search(budget, settings(Allocation.FREE, 10)).orElseThrow().keep();

        assertThat(keep.components()).isLessThanOrEqualTo(components);
        for (Keep.Layer layer : keep.layers()) {
          assertThat(layer.heads()).isNotEmpty();
          assertThat(layer.neurons()).isNotEmpty();
        }
      }
    }
  }

  @Test
  void findsNothingWhereTheBudgetIsTooSmall() throws InterruptedException {
    var fixture = new Fixture(Tiny.llama(SEED), 8);

    assertThat(fixture.search(new Budget(0.5, 3), settings(Allocation.FREE, 4))).isEmpty();
    assertThat(fixture.search(new Budget(0.01, 30), settings(Allocation.EVEN, 4))).isEmpty();
    assertThatThrownBy(() -> settings(Allocation.FREE, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void masksAndChoicesSayTheSame(Tiny.Named named) {
    var components = new Components(named.model().config());
    boolean[] kept = new boolean[components.count()];
    for (int c = 0; c < kept.length; c += 2) {
      kept[c] = true;
    }

    boolean[] back = Mask.of(components, Mask.keep(components, kept));

    assertThat(back).containsExactly(kept);
  }

  @Test
  void everyPointOfTheTradeOffIsMeasured() throws InterruptedException {
    var fixture = new Fixture(Tiny.gpt2(SEED), 40);

    List<TradeOff.Point> points =
        TradeOff.measure(fixture.search, fixture.model, List.of(0.8, 0.5), Fixture::usual);

    assertThat(points).hasSize(2);
    assertThat(points.getFirst().weights()).isGreaterThan(points.getLast().weights());
    for (TradeOff.Point point : points) {
      assertThat(point.selected().loss())
          .isCloseTo(fixture.loss(point.selected().keep()), within(1e-4));
    }
  }

  private static Settings settings(Allocation allocation, int steps) {
    return new Settings(
        allocation, List.of(Method.GRADIENT, Method.ACTIVATION), steps, 16, 0.3, 5, SEED);
  }

  /// Items that the model itself answers, so that the whole model is right.
  private final class Fixture {
    private final Model model;
    private final Transformer transformer;
    private final ComponentMeans means;
    private final List<Example> validation;
    private final ComponentSearch search;

    Fixture(Model model, int items) throws InterruptedException {
      this.model = model;
      transformer = new Transformer(model, kernels);
      List<Example> all = OwnAnswers.of(transformer, items, SEED);
      List<Example> calibration = all.subList(0, items / 2);
      validation = all.subList(items / 2, items);
      means = ComponentMeans.measure(transformer, calibration);
      search = new ComponentSearch(transformer, means, calibration, validation);
    }

    static Settings usual(Budget budget) {
      return settings(Allocation.FREE, budget.components() > 0 ? 10 : 0);
    }

    Optional<Selected> search(Budget budget, Settings settings) throws InterruptedException {
      return search.search(budget, settings, _ -> {});
    }

    double loss(Keep keep) throws InterruptedException {
      var hooks = MeanAblation.hooks(model.config(), keep, means);
      double[] losses = new AnswerMeter(transformer).measure(validation, hooks).losses();
      return Arrays.stream(losses).average().orElseThrow();
    }
  }
}
