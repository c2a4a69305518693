package ai.hartonomous.interpret.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.circuit.Faithfulness.Measured;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaithfulnessTest {

  private static Faithfulness curve(double... f) {
    return Faithfulness.of(f, new int[10], 1234);
  }

  @Test
  void areasAreThoseComputedByHand() {
    // Shares in thousandths: 1 2 5 10 20 50 100 200 500 1000.
    Faithfulness ramp = curve(0, 0, 0, 0, 0, 0, 0, 0.5, 1.5, 1);

    // 100 * 0.25 + 300 * 1 + 500 * 1.25 = 950, over 1000
    assertThat(ramp.cpr()).isCloseTo(0.95, within(1e-12));
    // 99 * 1 + 100 * 0.75 + 300 * 0.5 + 500 * 0.25 = 449, over 1000
    assertThat(ramp.cmd()).isCloseTo(0.449, within(1e-12));
  }

  @Test
  void perfectCurveLacksOnlyWhatLiesBeforeTheFirstShare() {
    Faithfulness perfect = curve(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);

    assertThat(perfect.cpr()).isCloseTo(0.999, within(1e-12));
    assertThat(perfect.cmd()).isZero();
  }

  @Test
  void ratioHasNoUpperBoundAndDistanceCountsTheExcess() {
    Faithfulness excess = curve(3, 3, 3, 3, 3, 3, 3, 3, 3, 3);

    assertThat(excess.cpr()).isCloseTo(2.997, within(1e-12));
    assertThat(excess.cmd()).isCloseTo(1.998, within(1e-12));
  }

  @Test
  void countsOfEdgesAreRoundedDown() {
    assertThat(curve(new double[10]).points().stream().map(Faithfulness.Point::taken))
        .containsExactly(1, 2, 6, 12, 24, 61, 123, 246, 617, 1234);
  }

  @Test
  void valuesOfItemsAreAveragedBeforeTheyAreDivided() {
    List<double[]> circuits = new ArrayList<>();
    for (int k = 0; k < 10; k++) {
      circuits.add(new double[] {2, 6});
    }
    var measured = new Measured(new double[] {4, 10}, new double[] {0, -2}, circuits, new int[10]);

    Faithfulness all = measured.over(100);

    assertThat(all.points().getFirst().f()).isCloseTo((4 + 1) / (7.0 + 1), within(1e-12));
    assertThat(measured.over(new int[] {1, 1}, 100).points().getFirst().f())
        .isCloseTo(8 / 12.0, within(1e-12));
    assertThat(all.firstToReach(0.9)).isEmpty();
    assertThat(all.firstToReach(0.6).orElseThrow().share()).isEqualTo(0.001);
  }

  @Test
  void metricThatCorruptionLeavesAloneIsRefused() {
    double[] same = {1, 2};
    var measured = new Measured(same, same, List.of(), new int[0]);

    assertThatThrownBy(() -> measured.over(10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing to be faithful to");
  }

  @Test
  void areaTellsMembersFromOthers() {
    boolean[] truth = {true, true, false, false};

    assertThat(Recovery.auroc(new double[] {3, -2, 1, 0}, truth)).isEqualTo(1);
    assertThat(Recovery.auroc(new double[] {0, 1, 2, 3}, truth)).isEqualTo(0);
    assertThat(Recovery.auroc(new double[4], truth)).isEqualTo(0.5);
    // pairs: 3 > 2, 3 > 0, 0 < 2, 0 = 0: 2.5 of 4
    assertThat(Recovery.auroc(new double[] {3, 0, 2, 0}, truth)).isEqualTo(0.625);
  }

  @Test
  void bootstrapIntervalHoldsTheMeanAndShrinks() {
    double[] values = new double[400];
    Arrays.setAll(values, i -> i % 2);

    var interval =
        Resampling.bootstrap(
            400, 500, 3, chosen -> Arrays.stream(chosen).mapToDouble(i -> values[i]).sum() / 400);

    assertThat(interval.value()).isEqualTo(0.5);
    // standard error 0.025; the interval is about 1.96 of it to each side
    assertThat(interval.low()).isBetween(0.44, 0.46);
    assertThat(interval.high()).isBetween(0.54, 0.56);
  }

  @Test
  void rankCorrelationSeesOrderOnly() {
    double[] a = {1, 2, 3, 4};

    assertThat(Resampling.rankCorrelation(a, new double[] {10, 20, 300, 4000})).isEqualTo(1);
    assertThat(Resampling.rankCorrelation(a, new double[] {4, 3, 2, 1})).isEqualTo(-1);
    assertThat(Resampling.rankCorrelation(a, new double[4])).isZero();
  }
}
