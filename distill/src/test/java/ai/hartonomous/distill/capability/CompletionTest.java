package ai.hartonomous.distill.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionTest {

  private static Completion with(String... filters) {
    return new Completion(List.of("\n\n"), 0, Arrays.stream(filters).map(Filter::parse).toList());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "strip|' Ab~3 4 '|Ab~3 4",
        "lower_case|' Ab~3 4'|ab~3 4",
        "first_line|'Ab~3 4'|Ab",
        "regex:[0-9]|'Ab~3 4'|3",
        "regex:b\\s([0-9])|'Ab~3 4'|3",
        "regex_last:[0-9]|'Ab~3 4'|4",
        "remove:[0-9]|'Ab~3 4'|Ab"
      })
  void filters(String filter, String text, String result) {
    String lines = text.replace('~', '\n');

    assertThat(with(filter).read(lines)).contains(result.replace('~', '\n'));
    assertThat(Filter.parse(filter)).hasToString(filter).isEqualTo(Filter.parse(filter));
  }

  @Test
  void filtersOfTheGradeSchoolSums() {
    Completion strict = with("regex:#### (-?[0-9.,]+)", "remove:,");

    assertThat(strict.read("She has 2 + 2 = 4.\n#### 1,234")).contains("1234");
    assertThat(strict.read("The answer is 1234")).isEqualTo(Optional.empty());
  }

  @Test
  void endsAtTheFirstOfItsEnds() {
    var completion = new Completion(List.of("Q:", "\n\n"), 0, List.of());

    assertThat(completion.ended("\n\n 4\nso")).isEmpty();
    assertThat(completion.ended("\n\n 4\nso\n\nQ: x")).contains("4\nso");
    assertThat(completion.ended(" 4 Q: \n\n")).contains("4 ");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"(a+)+$", "(a|a)*$", "(.*)*b", "(a|b|ab)*c"})
  void patternsThatWouldTakeForeverFindNothing(String pattern) {
    String text = "a".repeat(Filter.MOST_CHARACTERS) + "!";
    long begin = System.nanoTime();

    Optional<String> found = Filter.parse("regex:" + pattern).apply(text);

    assertThat(found).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void refusesWhatIsNoFilter() {
    for (String text : List.of("upper", "strip:x", "regex", "regex:", "regex:[")) {
      assertThatThrownBy(() -> Filter.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"filters\"");
    }
  }
}
