package ai.hartonomous.distill.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SharedBudgetTest {

  @Test
  void everyExpertMayUseItsFairShareOfWhatIsLeft() {
    var budget = new SharedBudget(1000, 3);

    assertThat(budget.first(0)).isEqualTo(333);
    budget.note(0, 100, true);
    assertThat(budget.first(1)).isEqualTo(450);
    budget.note(1, 450, true);
    assertThat(budget.first(2)).isEqualTo(450);
  }

  @Test
  void whatNobodyNeedsGoesToWhomItWasTooLittleFor() {
    var budget = new SharedBudget(1000, 3);
    budget.note(0, 333, false);
    budget.note(1, 150, true);
    budget.note(2, 120, true);

    assertThat(budget.second(0)).isEqualTo(730);
    assertThat(budget.most()).isEqualTo(800);
  }

  @Test
  void theSumNeverExceedsTheWholeAndNoneIsStarved() {
    var random = new SplittableRandom(Long.getLong("test.seed", 3));
    for (int round = 0; round < 500; round++) {
      int experts = random.nextInt(1, 11);
      int whole = random.nextInt(100 * experts, 10_001);
      var budget = new SharedBudget(whole, experts);
      int[] used = new int[experts];
      boolean[] kept = new boolean[experts];
      for (int e = 0; e < experts; e++) {
        assertThat(budget.first(e)).isGreaterThanOrEqualTo(whole / experts);
        used[e] = random.nextInt(1, budget.first(e) + 1);
        kept[e] = random.nextBoolean();
        budget.note(e, used[e], kept[e]);
      }
      for (int e = 0; e < experts; e++) {
        if (!kept[e]) {
          used[e] = random.nextInt(1, budget.second(e) + 1);
          kept[e] = true;
          budget.note(e, used[e], true);
        }
      }
      assertThat(Arrays.stream(used).sum()).isLessThanOrEqualTo(whole);
    }
  }
}
