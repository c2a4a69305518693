package ai.hartonomous.samples.skill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SkillTest {
  private static final int DRAWS = 2000;

  private static List<Exercise> draw(Skill skill) {
    var random = new SplittableRandom(11);
    List<Exercise> all = new ArrayList<>();
    for (int i = 0; i < DRAWS; i++) {
      all.add(skill.draw(random));
    }
    return all;
  }

  private static Matcher match(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.matches()).as(text).isTrue();
    return matcher;
  }

  @Test
  void arithmeticEndsInTheResultAndEveryStepHolds() {
    for (Exercise exercise : draw(new Arithmetic())) {
      Matcher asked = match("CALC: (\\d+) ([+-]) (\\d+) =>", exercise.prompt());
      int a = Integer.parseInt(asked.group(1));
      int b = Integer.parseInt(asked.group(3));
      String[] steps = exercise.answer().strip().split(" ");

      assertThat(steps).hasSize(3);
      assertThat(steps[2]).isEqualTo("" + (asked.group(2).equals("+") ? a + b : a - b));
      for (String step : List.of(steps[0], steps[1])) {
        assertThat(value(step.substring(0, step.indexOf('='))))
            .isEqualTo(Integer.parseInt(step.substring(step.indexOf('=') + 1)));
      }
    }
  }

  private static int value(String sum) {
    return Arrays.stream(sum.replace("-", "+-").split("\\+")).mapToInt(Integer::parseInt).sum();
  }

  @Test
  void unitsKeepTheQuantity() {
    List<String> metres = List.of("mm", "cm", "m", "km");
    double[] sizes = {0.001, 0.01, 1, 1000};
    int seen = 0;
    for (Exercise exercise : draw(new Units())) {
      Matcher asked = match("UNIT: (\\d+) (\\w+) in (\\w+) =>", exercise.prompt());
      Matcher answered = match(" (\\d+) (\\w+)", exercise.answer());
      assertThat(answered.group(2)).isEqualTo(asked.group(3));
      int from = metres.indexOf(asked.group(2));
      int to = metres.indexOf(asked.group(3));
      if (from >= 0 && to >= 0) {
        double ratio =
            Double.parseDouble(asked.group(1))
                * sizes[from]
                / (Double.parseDouble(answered.group(1)) * sizes[to]);
        assertThat(ratio).isBetween(0.999999, 1.000001);
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(100);
  }

  @Test
  void sortedWordsAreThoseAskedForInOrder() {
    for (Exercise exercise : draw(new Sorting())) {
      String asked = exercise.prompt().replace("SORT: ", "").replace(" =>", "");
      List<String> words = new ArrayList<>(List.of(asked.split(" ")));
      Collections.sort(words);

      assertThat(exercise.answer()).isEqualTo(" " + String.join(" ", words));
    }
  }

  @Test
  void datesAgreeWithTheCalendar() {
    var written = DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH);
    for (Exercise exercise : draw(new Dates())) {
      String asked = exercise.prompt().replace("DATE: ", "").replace(" =>", "");
      String answer = exercise.answer().strip();
      if (asked.endsWith(" as ISO")) {
        LocalDate date = LocalDate.parse(asked.replace(" as ISO", ""), written);
        assertThat(answer).isEqualTo(date.toString());
      } else if (asked.endsWith(" in words")) {
        assertThat(LocalDate.parse(answer, written)).hasToString(asked.replace(" in words", ""));
      } else {
        LocalDate date = LocalDate.parse(asked.replace("month after ", ""));
        assertThat(answer).isEqualTo(date.plusMonths(1).toString());
      }
    }
  }

  @Test
  void fieldsOfTheAnswerStandInTheSentence() {
    for (Exercise exercise : draw(new Fields())) {
      Matcher answer =
          match(
              " \\{\"name\":\"(\\w+)\",\"amount\":(\\d+),\"city\":\"(\\w+)\",\"date\":\"(\\d\\d)-(\\d\\d)\"}",
              exercise.answer());
      String day = Integer.parseInt(answer.group(5)) + " ";
      String month = Words.MONTHS.get(Integer.parseInt(answer.group(4)) - 1);

      assertThat(exercise.prompt())
          .contains(answer.group(1), answer.group(2), answer.group(3), day + month);
    }
  }

  @Test
  void logPairsStandInTheLine() {
    for (Exercise exercise : draw(new Logs())) {
      Matcher answer =
          match(" time=(\\d\\d:\\d\\d) level=(\\w+) host=(\\w+) event=(\\w+)", exercise.answer());

      assertThat(exercise.prompt())
          .contains(answer.group(1), answer.group(3), answer.group(4).replace('_', ' '))
          .contains(answer.group(2).toUpperCase(Locale.ROOT));
    }
  }

  @Test
  void verbFollowsTheSubject() {
    List<String> many = List.of("are", "have", "do");
    for (Exercise exercise : draw(new Agreement())) {
      String subject = exercise.prompt().split(" ")[2];
      boolean plural =
          subject.endsWith("s") || List.of("men", "children", "mice", "geese").contains(subject);
      String verb = exercise.answer().strip();

      assertThat(many.contains(verb) || !verb.endsWith("s"))
          .as(exercise.prompt())
          .isEqualTo(plural);
    }
  }

  @Test
  void queryHasOneClauseForEachPartOfTheQuestion() {
    for (Exercise exercise : draw(new Sql())) {
      String asked = exercise.prompt();
      String query = exercise.answer();

      assertThat(query.contains("COUNT(*)")).isEqualTo(asked.contains("number of"));
      assertThat(query.contains("LIMIT")).isEqualTo(asked.contains("first "));
      assertThat(query.contains("ORDER BY")).isEqualTo(asked.contains(" by "));
      assertThat(query.contains("DESC")).isEqualTo(asked.contains("descending"));
      assertThat(query.contains("city =")).isEqualTo(asked.contains(" in "));
      assertThat(query.contains(">")).isEqualTo(asked.contains(" over "));
      assertThat(query.contains("<")).isEqualTo(asked.contains(" under "));
    }
  }
}
