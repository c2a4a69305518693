package ai.hartonomous.platform.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RankScoreTest {

  @Test
  void theAreaIsTheChanceThatARightOneStandsBeforeAWrongOne() {
    // Right: 3 and 1; wrong: 2, 0 and 1, so of six pairs 3>2, 3>0, 3>1, 1>0 and half of 1=1 win.
    RankScore score =
        RankScore.of(new double[] {3, 2, 1, 0, 1}, new boolean[] {true, false, true, false, false});

    assertThat(score.area()).isCloseTo(4.5 / 6, within(1e-12));
    assertThat(score.standardError()).isBetween(0.1, 0.4);
  }

  @Test
  void perfectAndWorstRankingsAreOneAndZero() {
    boolean[] right = {true, false, false};

    assertThat(RankScore.of(new double[] {9, 2, 1}, right).area()).isEqualTo(1);
    assertThat(RankScore.of(new double[] {0, 2, 1}, right).area()).isZero();
    assertThat(RankScore.of(new double[] {1, 1, 1}, right).area()).isEqualTo(0.5);
  }

  @Test
  void theMeanHasTheStandardErrorOfItsParts() {
    RankScore mean = RankScore.mean(List.of(new RankScore(0.6, 0), new RankScore(0.8, 0)));

    assertThat(mean.area()).isCloseTo(0.7, within(1e-12));
    assertThat(mean.standardError()).isCloseTo(0.1, within(1e-12));
  }

  @Test
  void theLargestShareIsChosen() {
    assertThat(RankScore.largest(new double[] {1, 5, 3, 2}, 0.5))
        .containsExactly(false, true, true, false);
  }
}
