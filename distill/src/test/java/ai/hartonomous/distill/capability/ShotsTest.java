package ai.hartonomous.distill.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShotsTest {

  private static CapabilityItem item(int number, Split split) {
    return new CapabilityItem("i" + number, "sums", "Q" + number + ":", " A" + number, split);
  }

  private static CapabilitySuite suite(int calibration, int heldOut) {
    List<CapabilityItem> items = new ArrayList<>();
    for (int i = 0; i < calibration + heldOut; i++) {
      items.add(item(i, i < calibration ? Split.CALIBRATION : Split.HELD_OUT));
    }
    return new CapabilitySuite(items);
  }

  @Test
  void solvedItemsEndWithTheSeparator() throws SuiteException {
    CapabilitySuite suite = suite(1, 1);

    String prompt = Shots.of(1, "\n\n", 1, List.of(suite)).prompt(item(1, Split.HELD_OUT));

    assertThat(prompt).isEqualTo("Q0: A0\n\nQ1:");
  }

  @Test
  void neverShowsTheItemItselfNorAHeldOutOne() throws SuiteException {
    CapabilitySuite suite = suite(5, 5);
    Shots shots = Shots.of(4, ";", 3, List.of(suite));
    Set<String> first = new HashSet<>();

    for (CapabilityItem item : suite.items()) {
      String prompt = shots.prompt(item);
      String shown = prompt.substring(0, prompt.length() - item.prompt().length());
      assertThat(shown.split(";")).hasSize(4).doesNotHaveDuplicates();
      assertThat(shown).doesNotContain(item.answer()).doesNotContain("A5", "A6", "A7", "A8", "A9");
      first.add(shown.split(";")[0]);
    }
    assertThat(first).hasSizeGreaterThan(2);
  }

  @Test
  void neverShowsTheSameContentUnderAnotherName() {
    CapabilityItem twin = new CapabilityItem("twin", "sums", "Q0:", " A0", Split.HELD_OUT);

    assertThatThrownBy(() -> Shots.of(1, ";", 1, List.of(suite(1, 0))).prompt(twin))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining("expected 1 other calibration items of \"sums\", found 0");
  }

  @Test
  void theSeedDecides() throws SuiteException {
    CapabilitySuite suite = suite(50, 1);
    CapabilityItem asked = item(50, Split.HELD_OUT);

    String one = Shots.of(3, ";", 1, List.of(suite)).prompt(asked);

    assertThat(Shots.of(3, ";", 1, List.of(suite)).prompt(asked)).isEqualTo(one);
    assertThat(Shots.of(3, ";", 2, List.of(suite)).prompt(asked)).isNotEqualTo(one);
  }

  @Test
  void textsTakeNone() {
    var text =
        new CapabilityItem("t", "c", new Task.Text("a", Metric.BITS_PER_BYTE), Split.HELD_OUT);

    assertThatThrownBy(() -> Shots.of(1, ";", 1, List.of(suite(2, 0))).prompt(text))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining("expected a prompt");
    assertThatThrownBy(() -> Shots.of(65, ";", 1, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
