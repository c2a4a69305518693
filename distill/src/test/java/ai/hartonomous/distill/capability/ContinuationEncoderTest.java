package ai.hartonomous.distill.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.capability.ContinuationEncoder.Windows;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContinuationEncoderTest {
  private static final int BEGIN = 0;
  private static final int END = 1;
  private static final int A = 2;
  private static final int B = 3;
  private static final int C = 4;
  private static final int AB = 5;
  private static final int BLANK = 6;
  private static final int BLANK_B = 7;
  private static final List<String> PIECES = List.of("", "", "a", "b", "c", "ab", " ", " b");

  private static ContinuationEncoder encoder(OptionalInt begin, OptionalInt end) {
    return new ContinuationEncoder(new Pieces(PIECES, begin, end), 8);
  }

  private final ContinuationEncoder plain = encoder(OptionalInt.empty(), OptionalInt.of(END));

  @Test
  void promptAndContinuationAreEncodedTogether() throws SuiteException {
    Continuation split = plain.encode("c", "ac", "i");
    Continuation merged = plain.encode("a", "bc", "i");

    assertThat(split.ids()).containsExactly(C, A, C);
    assertThat(split.from()).isEqualTo(1);
    // "a" alone is one token, so one token of "abc" is the prompt, though it reaches further.
    assertThat(merged.ids()).containsExactly(AB, C);
    assertThat(merged.from()).isEqualTo(1);
  }

  @Test
  void blanksBehindThePromptBelongToTheContinuation() throws SuiteException {
    Continuation moved = plain.encode("a ", "b", "i");

    assertThat(moved.ids()).containsExactly(A, BLANK_B);
    assertThat(moved.from()).isEqualTo(1);
    assertThat(plain.encode("c ", "c", "i").ids()).containsExactly(C, BLANK, C);
  }

  @Test
  void beginTokenStandsBeforePrompts() throws SuiteException {
    Continuation begun = encoder(OptionalInt.of(BEGIN), OptionalInt.of(END)).encode("c", "b", "i");

    assertThat(begun.ids()).containsExactly(BEGIN, C, B);
    assertThat(begun.from()).isEqualTo(2);
  }

  @Test
  void aTextAloneFollowsTheBeginOrEndToken() throws SuiteException {
    ContinuationEncoder both = encoder(OptionalInt.of(BEGIN), OptionalInt.of(END));
    ContinuationEncoder none = encoder(OptionalInt.empty(), OptionalInt.empty());

    assertThat(both.encode("", "cb", "i").ids()).containsExactly(BEGIN, C, B);
    assertThat(plain.encode("", "cb", "i").ids()).containsExactly(END, C, B);
    assertThat(none.encode("", "cb", "i").ids()).containsExactly(C, B);
    assertThat(none.encode("", "cb", "i").from()).isEqualTo(1);
  }

  @Test
  void whatIsNotMeasuredIsNotCounted() throws SuiteException {
    Windows none = encoder(OptionalInt.empty(), OptionalInt.empty()).windows("cb a c", "i");
    Windows all = plain.windows("cb a c", "i");

    assertThat(all.bytes()).isEqualTo(6);
    assertThat(all.words()).isEqualTo(3);
    assertThat(none.bytes()).isEqualTo(5);
  }

  @ParameterizedTest(name = "{0} tokens")
  @ValueSource(ints = {1, 7, 8, 9, 16, 17, 30})
  void windowsMeasureEveryTokenOnceWithAsMuchBeforeItAsFits(int count) throws SuiteException {
    String text = "cb".repeat(count).substring(0, count);

    List<Continuation> windows = plain.windows(text, "i").windows();

    int measured = 0;
    for (Continuation window : windows) {
      int[] ids = window.ids();
      int end = measured + ids.length - window.from();
      int[] before = plain.encode("", text.substring(0, Math.min(count, 8)), "i").ids();
      assertThat(ids.length - 1).isEqualTo(Math.min(8, count));
      if (measured == 0) {
        assertThat(ids).isEqualTo(before);
        assertThat(window.from()).isEqualTo(1);
      } else {
        String shown = text.substring(end - ids.length, end);
        assertThat(ids)
            .isEqualTo(new Pieces(PIECES, OptionalInt.empty(), OptionalInt.empty()).encode(shown));
      }
      measured = end;
    }
    assertThat(measured).isEqualTo(count);
    int full = count / 8 + (count % 8 == 0 ? 0 : 1);
    assertThat(windows).hasSize(full);
  }

  @Test
  void namesWhatDoesNotFit() {
    assertThatThrownBy(() -> plain.encode("c", "b".repeat(9), "item 7"))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining("\"item 7\": expected at most the model's context of 8 tokens");
    assertThatThrownBy(() -> plain.encode("c", "x", "item 7"))
        .hasMessageContaining("\"item 7\": the model's tokenizer cannot express it");
    assertThatThrownBy(() -> plain.encode("a", "b", "item 7"))
        .hasMessageContaining("\"item 7\": expected a continuation of at least one token");
  }
}
