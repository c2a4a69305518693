package ai.hartonomous.distill.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScorerTest {
  private final Kernels kernels = Kernels.of(1);
  private final Scorer scorer =
      new Scorer(new Transformer(Tiny.mistral(3), kernels), Pieces.letters());

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  private static CapabilityItem item(String id, String prompt, String answer) {
    return new CapabilityItem(id, "letters", prompt, answer, Split.HELD_OUT);
  }

  /// Prompts of two letters whose completion the model ends itself within its context.
  private List<CapabilityItem> answered() {
    List<CapabilityItem> items = new ArrayList<>();
    for (char first = 'a'; first <= 'p'; first++) {
      for (char second = 'a'; second <= 'p'; second++) {
        String prompt = "" + first + second;
        String answer = scorer.complete(prompt, 30);
        if (!answer.isEmpty() && answer.length() < 15) {
          items.add(item(prompt, prompt, answer));
        }
      }
    }
    return items;
  }

  @Test
  void answerThatTheModelWritesIsRight() throws SuiteException {
    List<CapabilityItem> items = answered();

    List<Score> scores = scorer.score(items);

    assertThat(items).hasSizeGreaterThan(20);
    Score score = scores.getFirst();
    assertThat(scores).hasSize(1);
    assertThat(score.capability()).isEqualTo("letters");
    assertThat(score.items()).isEqualTo(items.size());
    assertThat(score.right()).isEqualTo(items.size());
  }

  @Test
  void everyOtherAnswerIsWrong() throws SuiteException {
    List<CapabilityItem> items = new ArrayList<>();
    for (CapabilityItem item : answered()) {
      char last = item.answer().charAt(item.answer().length() - 1);
      String shorter = item.answer().substring(0, item.answer().length() - 1);
      items.add(item(item.id() + "1", item.prompt(), shorter + (last == 'a' ? 'b' : 'a')));
      items.add(item(item.id() + "2", item.prompt(), item.answer() + 'a'));
    }

    assertThat(scorer.right(items)).containsOnly(false);
  }

  @Test
  void keepsTheOrderOfItems() throws SuiteException {
    List<CapabilityItem> items = new ArrayList<>();
    List<Boolean> expected = new ArrayList<>();
    for (CapabilityItem item : answered()) {
      boolean wrong = items.size() % 3 == 0;
      items.add(wrong ? item(item.id(), item.prompt(), item.answer() + "aa") : item);
      expected.add(!wrong);
    }

    boolean[] right = scorer.right(items);

    for (int i = 0; i < right.length; i++) {
      assertThat(right[i]).as(items.get(i).toString()).isEqualTo(expected.get(i));
    }
  }

  @Test
  void refusesItemLongerThanTheContext() {
    List<CapabilityItem> items = List.of(item("long", "a".repeat(20), "abcde"));

    assertThatThrownBy(() -> scorer.score(items))
        .isInstanceOf(SuiteException.class)
        .hasMessageContaining("\"long\"")
        .hasMessageContaining("24 tokens, found 26");
  }

  @Test
  void refusesModelThatReadsBothWays() {
    Model toy = Tiny.toy(1);

    assertThatThrownBy(() -> new Scorer(new Transformer(toy, kernels), Pieces.letters()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsTheTextThroughFilters() throws SuiteException {
    CapabilityItem answered = answered().getLast();
    String answer = answered.answer();
    char last = answer.charAt(answer.length() - 1);
    List<Filter> filters = List.of(Filter.parse("regex:(.)$"));
    var lastLetter = new Completion(List.of("\n"), 30, filters);
    var right = new Task.Generation(answered.prompt(), "" + last, lastLetter);
    var wrong = new Task.Generation(answered.prompt(), last == 'a' ? "b" : "a", lastLetter);
    List<CapabilityItem> items =
        List.of(
            new CapabilityItem("right", "last", right, Split.HELD_OUT),
            new CapabilityItem("wrong", "last", wrong, Split.HELD_OUT));

    assertThat(answer.length()).isGreaterThan(1);
    assertThat(scorer.right(items)).containsExactly(true, false);
  }

  @Test
  void idsBeyondTheTokenizerAreNotWritten() throws SuiteException {
    Pieces all = Pieces.letters();
    var few = new Pieces(all.pieces().subList(0, 9), all.begin(), all.end());
    var padded = new Scorer(new Transformer(Tiny.mistral(3), kernels), few);
    List<CapabilityItem> items = new ArrayList<>();
    int others = 0;
    for (char letter = 'a'; letter <= 'h'; letter++) {
      String prompt = String.valueOf(letter);
      String answer = padded.complete(prompt, 30);
      others += answer.equals(scorer.complete(prompt, 30)) ? 0 : 1;
      if (!answer.isEmpty() && answer.length() < 15) {
        items.add(item(prompt, prompt, answer));
      }
    }

    assertThat(others).isPositive();
    assertThat(items).isNotEmpty();
    assertThat(padded.right(items)).containsOnly(true);
  }
}
