package ai.hartonomous.distill.compose;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.distill.compose.Answers.Answered;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CarrierChoiceTest {

  /// A source by what it answers to each capability: `1` right, `0` wrong, `-` cannot be asked.
  private static Answers source(int components, String... capabilities) {
    List<Answered> all = new ArrayList<>();
    for (String answers : capabilities) {
      boolean @Nullable [] right = answers.equals("-") ? null : new boolean[answers.length()];
      for (int i = 0; right != null && i < right.length; i++) {
        right[i] = answers.charAt(i) == '1';
      }
      all.add(new Answered("c" + all.size(), right, right == null ? "cannot" : null));
    }
    return new Answers("s", components, all);
  }

  private static int[] chosen(Answers... sources) {
    return new CarrierChoice(List.of(sources)).choose().orElseThrow();
  }

  @Test
  void eachCapabilityGoesToItsBestSource() {
    assertThat(chosen(source(9, "11111111", "00000000"), source(1, "00000000", "11111111")))
        .containsExactly(0, 1);
  }

  @Test
  void equalSourcesAreToldApartByComponentsAndThenByOrder() {
    assertThat(chosen(source(9, "1111"), source(8, "1111"), source(8, "1111"))).containsExactly(1);
    assertThat(chosen(source(8, "1111"), source(8, "1111"))).containsExactly(0);
  }

  @Test
  void aSourceThatIsNeededAnywayTakesWhatItDoesAsWell() {
    // One item apart is within one standard error of the difference, so one source suffices.
    assertThat(chosen(source(9, "11111111", "11111111"), source(1, "00000000", "11111111")))
        .containsExactly(0, 0);
    assertThat(chosen(source(9, "11111111", "11111110"), source(1, "00000000", "11111111")))
        .containsExactly(0, 0);
    assertThat(chosen(source(9, "11111111", "11111100"), source(1, "00000000", "11111111")))
        .containsExactly(0, 1);
  }

  @Test
  void ofEquallyFewSourcesThoseWithMoreRightAnswersCarry() {
    assertThat(chosen(source(1, "11111110", "11111110"), source(9, "11111111", "11111111")))
        .containsExactly(1, 1);
  }

  @Test
  void aSourceThatCannotBeAskedCarriesNothing() {
    assertThat(chosen(source(1, "-", "1111"), source(9, "0000", "1111"))).containsExactly(1, 1);
    assertThat(new CarrierChoice(List.of(source(1, "-"), source(2, "-"))).choose()).isEmpty();
  }

  @Test
  void tenSourcesAreSearchedInFull() {
    List<Answers> sources = new ArrayList<>();
    for (int s = 0; s < 10; s++) {
      String[] answers = new String[10];
      for (int c = 0; c < 10; c++) {
        answers[c] = c == s ? "11111111" : "00000000";
      }
      sources.add(source(100, answers));
    }

    assertThat(new CarrierChoice(sources).choose().orElseThrow())
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }
}
