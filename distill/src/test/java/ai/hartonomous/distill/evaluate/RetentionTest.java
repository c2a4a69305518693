package ai.hartonomous.distill.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.capability.Measurement;
import ai.hartonomous.distill.capability.Metric;
import ai.hartonomous.distill.capability.Protocol;
import ai.hartonomous.distill.capability.ProtocolMismatchException;
import ai.hartonomous.distill.evaluate.Retention.Kind;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {
  private static final Protocol PROTOCOL = new Protocol(Metric.ACC, 2, 7, "template", "items");

  private static Measurement of(Metric metric, double... values) {
    double[] weights = new double[values.length];
    Arrays.fill(weights, 1);
    var protocol = new Protocol(metric, 2, 7, "template", "items");
    return new Measurement("c", protocol, values, weights);
  }

  @Test
  void errorOfTheRatioIsPaired() throws ProtocolMismatchException {
    Retention kept =
        Retention.of(Kind.TARGET, 0.85, of(Metric.ACC, 1, 1, 1, 0), of(Metric.ACC, 1, 0, 1, 0));

    // S = 3/4, A = 1/2, R = 2/3; effects on R by hand: 1/9, -2/9, 1/9, 0; their squares add up to
    // 6/81, times 4/3.
    assertThat(kept.ratio()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(kept.ratioError()).isCloseTo(Math.sqrt(8 / 81.0), within(1e-12));
  }

  @Test
  void aModelBesideItselfHasNoError() throws ProtocolMismatchException {
    Measurement one = of(Metric.BITS_PER_BYTE, 3, 1, 2);

    Retention kept = Retention.of(Kind.OTHER, 0, one, one);

    assertThat(kept.ratio()).isEqualTo(1);
    assertThat(kept.ratioError()).isCloseTo(0, within(1e-12));
  }

  @Test
  void fewerBitsAreBetter() throws ProtocolMismatchException {
    Retention kept =
        Retention.of(
            Kind.TARGET, 0.85, of(Metric.BITS_PER_BYTE, 1, 2), of(Metric.BITS_PER_BYTE, 2, 4));

    assertThat(kept.ratio()).isEqualTo(0.5);
    assertThat(kept.ratioError()).isCloseTo(0, within(1e-12)); // half on every item
  }

  @Test
  void whatTheSourceCannotDoHasNoRatio() throws ProtocolMismatchException {
    Retention kept = Retention.of(Kind.TARGET, 0.85, of(Metric.ACC, 0, 0), of(Metric.ACC, 1, 0));

    assertThat(kept.ratio()).isNaN();
    assertThat(kept.ratioError()).isNaN();
  }

  @Test
  void theContractIsTheFloorInTheDirectionOfTheMetric() throws ProtocolMismatchException {
    Measurement better = of(Metric.BITS_PER_BYTE, 1, 1);
    Measurement worse = of(Metric.BITS_PER_BYTE, 2, 2);

    assertThat(Retention.of(Kind.TARGET, 0.5, better, worse).kept()).isTrue();
    assertThat(Retention.of(Kind.TARGET, 0.51, better, worse).kept()).isFalse();
    assertThat(Retention.of(Kind.TARGET, 0.5, better, worse).needed()).isEqualTo(2);
    assertThat(Retention.of(Kind.TARGET, 1, of(Metric.ACC, 1, 1), of(Metric.ACC, 1, 0)).kept())
        .isFalse();
    assertThat(Retention.of(Kind.TARGET, 0.5, of(Metric.ACC, 1, 1), of(Metric.ACC, 1, 0)).kept())
        .isTrue();
  }

  @Test
  void whatTheSourceCannotDoCannotBeKept() throws ProtocolMismatchException {
    Measurement none = of(Metric.ACC, 0, 0);

    assertThat(Retention.of(Kind.TARGET, 0.1, none, none).kept()).isFalse();
    assertThat(Retention.of(Kind.TARGET, 0, none, none).kept()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"metric", "shots", "seed", "template", "items"})
  void refusesFiguresMeasuredDifferently(String setting) {
    Protocol other =
        new Protocol(
            setting.equals("metric") ? Metric.ACC_NORM : Metric.ACC,
            setting.equals("shots") ? 3 : 2,
            setting.equals("seed") ? 8 : 7,
            setting.equals("template") ? "another" : "template",
            setting.equals("items") ? "others" : "items");
    double[] one = {1};

    assertThatThrownBy(
            () ->
                Retention.of(
                    Kind.TARGET,
                    0.85,
                    new Measurement("c", PROTOCOL, one, one),
                    new Measurement("c", other, one, one)))
        .isInstanceOf(ProtocolMismatchException.class)
        .hasMessageContaining(setting + " is ");
  }
}
