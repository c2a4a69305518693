package ai.hartonomous.distill.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.heal.HealingPlan;
import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.Method;
import ai.hartonomous.distill.select.OwnAnswers;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ComparisonTest {
  private static final long SEED = Long.getLong("test.seed", 43);
  private static final HealingPlan PLAN = new HealingPlan(4, 4, 1e-3f, 1f, 0.5f, 2);

  private final Kernels kernels = Kernels.of(1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  static Stream<Contender> contenders() {
    return Contender.all().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contenders")
  void noContenderIsLargerThanTheBudget(Contender contender) throws InterruptedException {
    var comparison = new Comparison(PLAN, List.of(), 0);

    Cell cell = comparison.measure(stage(), contender, 0.5, _ -> {}).orElseThrow();

    Cell.Sizes sizes = cell.sizes();
    assertThat(sizes.heads() + sizes.neurons()).isLessThanOrEqualTo(sizes.sourceComponents() / 2);
    assertThat(sizes.weights()).isLessThanOrEqualTo(sizes.sourceWeights() / 2);
    assertThat(sizes.parameters()).isLessThan(sizes.sourceParameters());
    assertThat(cell.source().exact()).isEqualTo(1);
    assertThat(cell.cut().items()).isEqualTo(12);
    assertThat(cell.cut().loss()).isGreaterThan(cell.source().loss());
    assertThat(Contender.parse(cell.contender())).contains(contender);
  }

  @Test
  void everyHealingBeginsWithTheCutState() throws InterruptedException {
    var contender = new Contender.Ranking(Method.GRADIENT);
    var both = new Comparison(PLAN, List.of(4, 2), 0);
    var second = new Comparison(PLAN, List.of(2), 0);

    Cell first = both.measure(stage(), contender, 0.5, _ -> {}).orElseThrow();
    Cell alone = second.measure(stage(), contender, 0.5, _ -> {}).orElseThrow();

    assertThat(first.healed()).hasSize(2);
    assertThat(first.healed().get(1)).isEqualTo(alone.healed().getFirst());
    assertThat(first.cut()).isEqualTo(alone.cut());
  }

  @Test
  void tooSmallAShareHasNoCell() throws InterruptedException {
    var comparison = new Comparison(PLAN, List.of(), 0);
    var contender = new Contender.Ranking(Method.MAGNITUDE);

    assertThat(comparison.measure(stage(), contender, 0.02, _ -> {})).isEmpty();
  }

  @Test
  void aTaskNeedsItemsInEveryPart() {
    List<Example> one = List.of(Example.of(new int[] {1}, new int[] {2}));

    assertThatThrownBy(() -> new Task("empty", one, List.of(), one, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 calibration, 0 validation and 1 test items");
  }

  private Stage stage() throws InterruptedException {
    Model model = Tiny.qwen2(SEED);
    List<Example> all = OwnAnswers.of(new Transformer(model, kernels), 36, SEED);
    var task =
        new Task(
            "own answers", all.subList(0, 12), all.subList(12, 24), all.subList(24, 36), List.of());
    return new Stage(model, kernels, task, SEED);
  }
}
