package ai.hartonomous.distill.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.importance.BaselineImportance;
import ai.hartonomous.distill.importance.ComponentScores;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SelectionTest {
  private static final long SEED = Long.getLong("test.seed", 21);

  static Stream<Tiny.Named> models() {
    return Tiny.all(SEED).stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void staysWithinTheBudget(Tiny.Named named) {
    ModelConfig config = named.model().config();
    var selection = new Selection(config, BaselineImportance.random(config, SEED));
    long all = selection.parameters(Keep.all(config));
    for (double share : new double[] {0.4, 0.6, 0.8, 1}) {
      for (int components : new int[] {4, 8, 14, 1000}) {
        for (Keep keep : selection.candidates(new Budget(share, components), 100)) {
          assertThat(keep.components()).isBetween(1, components);
          assertThat(selection.parameters(keep)).isLessThanOrEqualTo((long) (share * all));
        }
      }
    }
  }

  @Test
  void everyLayerKeepsTheSameShapes() {
    ModelConfig config = Tiny.llama(SEED).config();
    var selection = new Selection(config, BaselineImportance.random(config, SEED));

    List<Keep> candidates = selection.candidates(new Budget(0.7, 100), 100);

    assertThat(candidates).isNotEmpty();
    for (Keep keep : candidates) {
      Keep.Layer first = keep.layers().getFirst();
      for (int l = 0; l < keep.layers().size(); l++) {
        Keep.Layer layer = keep.layers().get(l);
        assertThat(layer.heads()).hasSameSizeAs(first.heads());
        assertThat(layer.neurons()).hasSameSizeAs(first.neurons());
        assertThat(headsOfGroups(config.layers().get(l), layer.heads())).hasSize(1);
      }
    }
  }

  @Test
  void keepsTheHighestScores() {
    Model model = Tiny.gpt2(SEED);
    ComponentScores scores = BaselineImportance.magnitude(model);
    var selection = new Selection(model.config(), scores);

    Keep best = selection.candidates(new Budget(0.6, 1000), 1).getFirst();

    for (int l = 0; l < best.layers().size(); l++) {
      double[] neurons = scores.layers().get(l).neurons();
      int[] kept = best.layers().get(l).neurons();
      double worstKept = Arrays.stream(kept).mapToDouble(n -> neurons[n]).min().orElseThrow();
      long better = Arrays.stream(neurons).filter(score -> score > worstKept).count();
      assertThat(better).isEqualTo(kept.length - 1L);
    }
  }

  @Test
  void evenlyKeepsTheSameShareOfEveryLayer() {
    ModelConfig config = Tiny.llama(SEED).config();
    var selection = new Selection(config, BaselineImportance.random(config, SEED));

    Keep keep = selection.evenly(new Budget(0.5, config.components() / 2)).orElseThrow();

    for (int l = 0; l < keep.layers().size(); l++) {
      assertThat(keep.layers().get(l).heads()).hasSize(2);
      assertThat(keep.layers().get(l).neurons()).hasSize(5);
      assertThat(headsOfGroups(config.layers().get(l), keep.layers().get(l).heads())).hasSize(1);
    }
    assertThat(selection.evenly(new Budget(0.01, 100))).isEmpty();
  }

  @Test
  void dividesAsManyWeightsToHeadsAsItIsTold() {
    ModelConfig config = Tiny.gpt2(SEED).config();
    var selection = new Selection(config, BaselineImportance.random(config, SEED));
    var budget = new Budget(0.7, 100);

    Keep few = selection.divided(budget, 0.2).orElseThrow();
    Keep many = selection.divided(budget, 0.8).orElseThrow();

    assertThat(few.layers().getFirst().heads()).hasSize(1);
    assertThat(many.layers().getFirst().heads().length).isGreaterThan(1);
    assertThat(many.layers().getFirst().neurons().length)
        .isLessThan(few.layers().getFirst().neurons().length);
  }

  @Test
  void countsExactlyTheNumbersThatGo() {
    Model model = Tiny.llama(SEED);
    var selection = new Selection(model.config(), BaselineImportance.random(model.config(), SEED));
    Keep keep = selection.candidates(new Budget(0.5, 100), 1).getFirst();
    long gone = selection.parameters(Keep.all(model.config())) - selection.parameters(keep);

    Model pruned = Pruner.prune(model, keep, PrunerTest.zeroMeans(model.config()));

    long biases = 2L * model.config().layers().size() * model.config().width();
    assertThat(pruned.weights().parameterCount())
        .isEqualTo(model.weights().parameterCount() - gone + biases);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void aBudgetOfParametersIsKept(Tiny.Named named) {
    Model model = named.model();
    ModelConfig config = model.config();
    var selection = new Selection(config, BaselineImportance.random(config, SEED));
    long all = model.weights().parameterCount();
    for (double share : new double[] {0.5, 0.7, 0.9, 1.2}) {
      long most = (long) (share * all);
      Optional<Budget> budget = Budget.ofParameters(model, most);
      assertThat(Budget.ofBytes(model, 2 * most + 1, 2)).isEqualTo(budget);
      List<Keep> found = budget.map(b -> selection.candidates(b, 100)).orElse(List.of());
      for (Keep keep : found) {
        Model pruned = Pruner.prune(model, keep, PrunerTest.zeroMeans(config));
        assertThat(pruned.weights().parameterCount()).isLessThanOrEqualTo(most);
      }
    }
    assertThat(Budget.ofParameters(model, 10)).isEmpty();
  }

  @Test
  void hasNoCandidateForTooSmallABudget() {
    ModelConfig config = Tiny.llama(SEED).config();
    var selection = new Selection(config, BaselineImportance.random(config, SEED));

    assertThat(selection.candidates(new Budget(0.01, 100), 5)).isEmpty();
    assertThat(selection.candidates(new Budget(1, 3), 5)).isEmpty();
    assertThatThrownBy(() -> new Budget(0, 5)).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<Long> headsOfGroups(LayerConfig layer, int[] heads) {
    return Arrays.stream(heads)
        .map(h -> layer.keyHeadOf()[h])
        .distinct()
        .mapToObj(g -> Arrays.stream(heads).filter(h -> layer.keyHeadOf()[h] == g).count())
        .distinct()
        .toList();
  }
}
