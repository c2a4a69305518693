package ai.hartonomous.interpret.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.feature.LabelRule.TokenClass;
import ai.hartonomous.interpret.feature.LabelRule.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleSearchTest {
  private static final List<String> TEXTS =
      List.of(" the", " The", "ing", " running", ",", "\n", "7", " rain", " dog", " cat", " eat");

  private final RuleSearch search = new RuleSearch(TEXTS);

  @ParameterizedTest(name = "[{0}]: {1}")
  @CsvSource({
    "' the', WORD_START",
    "' The', CAPITAL",
    "ing, WORD_PART",
    "',', PUNCTUATION",
    "' 7', DIGIT",
    "'\n', SPACE"
  })
  void tokensHaveAClass(String text, TokenClass expected) {
    assertThat(TokenClass.of(text)).isEqualTo(expected);
  }

  @Test
  void findsTheRuleThatMadeTheExamples() {
    assertThat(found(e -> e.token() == 8)).isEqualTo(new LabelRule.Token(List.of(8)));
    assertThat(found(e -> e.tokens()[e.peak() - 1] == 0))
        .isEqualTo(new LabelRule.After(List.of(0)));
    assertThat(found(e -> e.tokens()[e.peak() + 1] == 9))
        .isEqualTo(new LabelRule.Before(List.of(9)));
    assertThat(found(e -> TEXTS.get(e.token()).strip().startsWith("r")))
        .isIn(new LabelRule.Prefix("r"), new LabelRule.Token(List.of(3, 7)));
  }

  @Test
  void aRuleWithoutAnAnswerIsWrongOnBothSides() {
    var alone = new Example(0, 0, new int[] {3}, new float[] {1}, 0);
    var rule = new LabelRule.After(List.of(0));

    assertThat(rule.judge(alone, TEXTS)).isEqualTo(Verdict.REJECTED);
    DetectionScore score = search.score(rule, List.of(alone), List.of(alone));
    assertThat(score.balancedAccuracy()).isZero();
    assertThat(score.rejected()).isEqualTo(2);
  }

  @Test
  void alwaysAndNeverScoreOneHalfWhateverTheBalance() {
    List<Example> active = examples(5, 1);
    List<Example> inactive = examples(95, 2);
    var always = new LabelRule.Token(IntStream.range(0, TEXTS.size()).boxed().toList());
    var never = new LabelRule.Token(List.of());

    assertThat(search.score(always, active, inactive).balancedAccuracy()).isEqualTo(0.5);
    assertThat(search.score(never, active, inactive).balancedAccuracy()).isEqualTo(0.5);
    assertThat(search.score(never, active, inactive).majority()).isCloseTo(0.95, within(1e-9));
  }

  /// Sixty seeds: a feature that is active on random tokens has no label. The bar of two standard
  /// errors lets about 2 % through, so more than 6 of 60 has a chance below one in a thousand.
  @Test
  void randomActivityGetsNoLabel() {
    int labels = 0;
    for (int seed = 0; seed < 60; seed++) {
      LabelRule rule =
          search.best(examples(60, 4L * seed), examples(300, 4L * seed + 1), List.of(1, 2));
      DetectionScore score =
          search.score(rule, examples(60, 4L * seed + 2), examples(300, 4L * seed + 3));
      var guess = new DetectionScore(0.5, 0, 0, 0, 0, 0.5);
      labels += new Detection("", "", "", score, guess).isLabel() ? 1 : 0;
    }

    assertThat(labels).isLessThanOrEqualTo(6);
  }

  private LabelRule found(Predicate<Example> truth) {
    List<Example> all = examples(1500, 9);
    return search.best(
        all.stream().filter(truth).toList(),
        all.stream().filter(truth.negate()).toList(),
        List.of(9));
  }

  private static List<Example> examples(int count, long seed) {
    var random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      examples.add(new Example(i, 1, random.ints(3, 0, TEXTS.size()).toArray(), new float[3], 1));
    }
    return examples;
  }
}
