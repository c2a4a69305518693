package ai.hartonomous.distill.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MeasurementTest {

  private static Measurement of(Metric metric, double[] values, double[] weights) {
    return new Measurement("c", new Protocol(metric, 0, 0, "template", "items"), values, weights);
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void errorOfAMeanIsTheSampleDeviationOverTheRootOfTheCount() {
    // Mean 3, squared deviations 4 + 1 + 0 + 1 + 4 = 10: √(10 / 4) / √5.
    Score score = of(Metric.LOGPROB_DIFFERENCE, new double[] {1, 2, 3, 4, 5}, ones(5)).score();

    assertThat(score.value()).isEqualTo(3);
    assertThat(score.standardError()).isCloseTo(Math.sqrt(0.5), within(1e-12));
    assertThat(score.items()).isEqualTo(5);
  }

  @Test
  void errorOfAShareIsThatOfZerosAndOnes() {
    double[] values = new double[400];
    Arrays.fill(values, 0, 300, 1);

    Score score = of(Metric.EXACT_MATCH, values, ones(400)).score();

    assertThat(score.exactMatch()).isEqualTo(0.75);
    assertThat(score.right()).isEqualTo(300);
    assertThat(score.standardError()).isCloseTo(Math.sqrt(0.75 * 0.25 / 399), within(1e-12));
  }

  @ParameterizedTest
  @EnumSource(
      value = Metric.class,
      names = {"BITS_PER_BYTE", "WORD_PERPLEXITY"})
  void errorOfAWeightedFigureAgreesWithTheBootstrap(Metric metric) {
    var random = new SplittableRandom(5);
    int n = 300;
    double[] weights = random.doubles(n, 5, 60).map(Math::rint).toArray();
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = weights[i] * (0.5 + random.nextDouble());
    }

    Score score = of(metric, values, weights).score();

    int draws = 2000;
    double sum = 0;
    double squares = 0;
    for (int d = 0; d < draws; d++) {
      double v = 0;
      double w = 0;
      for (int i = 0; i < n; i++) {
        int item = random.nextInt(n);
        v += values[item];
        w += weights[item];
      }
      double figure = metric == Metric.WORD_PERPLEXITY ? Math.exp(v / w) : v / w;
      sum += figure;
      squares += figure * figure;
    }
    double bootstrap = Math.sqrt(squares / draws - sum / draws * (sum / draws));
    // A deviation from 2,000 draws is itself known to 1 / √4000 = 1.6 %; five times that.
    assertThat(score.standardError() / bootstrap).isCloseTo(1, within(0.08));
  }

  @Test
  void perplexityIsTheExponentialOfTheMean() {
    Score score = of(Metric.BYTE_PERPLEXITY, new double[] {6, 2}, new double[] {3, 1}).score();

    assertThat(score.value()).isCloseTo(Math.exp(2), within(1e-12));
    assertThat(score.standardError()).isZero(); // both have 2 nats for each byte
  }

  @Test
  void oneItemShowsNoSpread() {
    assertThat(of(Metric.ACC, new double[] {1}, ones(1)).score().standardError()).isZero();
  }

  @Test
  void countsRightItemsOfSharesOnly() {
    Score score = of(Metric.BITS_PER_BYTE, new double[] {8}, new double[] {4}).score();

    assertThatThrownBy(score::right).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(score::exactMatch).hasMessageContaining("bits_per_byte");
  }

  @Test
  void ratioIsAboutWhatIsKept() {
    assertThat(Metric.EXACT_MATCH.ratio(0.8, 0.6)).isCloseTo(0.75, within(1e-12));
    assertThat(Metric.BITS_PER_BYTE.ratio(1.5, 2)).isEqualTo(0.75);
    assertThat(Metric.LOGPROB_DIFFERENCE.ratio(2, -1)).isEqualTo(-0.5);
    assertThat(Metric.LOGPROB_DIFFERENCE.ratio(-1, 2)).isNaN();
    assertThat(Metric.BITS_PER_BYTE.needed(1.5, 0.75)).isEqualTo(2);
    assertThat(Metric.ACC.needed(0.8, 0.75)).isCloseTo(0.6, within(1e-12));
  }
}
