package ai.hartonomous.samples.skill;

import java.time.LocalDate;
import java.util.random.RandomGenerator;

/// Dates from 1950 to 2049: written form to ISO 8601 and back, and the same day one month later.
/// Days run to 28, so that every month has the day. Every fourth question about the next month is
/// about a December, because there the year changes too.
public record Dates() implements Skill {

  @Override
  public String name() {
    return "dates";
  }

  @Override
  public String description() {
    return "a date changes between written and ISO form, or moves on by one month";
  }

  @Override
  public Exercise draw(RandomGenerator random) {
    int form = random.nextInt(3);
    int month = form == 2 && Words.chance(random, 18) ? 12 : random.nextInt(1, 13);
    LocalDate date = LocalDate.of(random.nextInt(1950, 2050), month, random.nextInt(1, 29));
    return switch (form) {
      case 0 -> Exercise.of("DATE: " + written(date) + " as ISO", date.toString());
      case 1 -> Exercise.of("DATE: " + date + " in words", written(date));
      default -> Exercise.of("DATE: month after " + date, date.plusMonths(1).toString());
    };
  }

  private static String written(LocalDate date) {
    return date.getDayOfMonth()
        + " "
        + Words.MONTHS.get(date.getMonthValue() - 1)
        + " "
        + date.getYear();
  }
}
