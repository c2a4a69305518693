package ai.hartonomous.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CaptureGrowthTest {

  @Test
  void findsTheExponentOfAPowerLaw() {
    assertThat(CaptureGrowth.exponent(new double[] {3, 6, 12, 24})).isCloseTo(1, within(1e-12));
    assertThat(CaptureGrowth.exponent(new double[] {1, 4, 16, 64})).isCloseTo(2, within(1e-12));
  }

  @Test
  void aFixedCostLowersIt() {
    assertThat(CaptureGrowth.exponent(new double[] {2, 3, 5, 9})).isBetween(0.7, 0.75);
  }
}
