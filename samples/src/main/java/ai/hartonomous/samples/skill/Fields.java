package ai.hartonomous.samples.skill;

import java.util.List;
import java.util.random.RandomGenerator;

/// Text to JSON: who paid how much, where and when, told in one of six orders, becomes an object
/// with four fields in one order. The date is written `MM-DD`.
public record Fields() implements Skill {

  /// Places: 1 name, 2 amount, 3 city, 4 date.
  private static final List<String> SENTENCES =
      List.of(
          "%1$s paid %2$d in %3$s on %4$s",
          "on %4$s %1$s paid %2$d in %3$s",
          "in %3$s %1$s paid %2$d on %4$s",
          "%1$s from %3$s sent %2$d on %4$s",
          "we got %2$d from %1$s in %3$s on %4$s",
          "on %4$s we got %2$d in %3$s from %1$s");

  @Override
  public String name() {
    return "json";
  }

  @Override
  public String description() {
    return "a sentence about a payment becomes a JSON object with name, amount, city and date";
  }

  @Override
  public Exercise draw(RandomGenerator random) {
    String person = Words.pick(random, Words.NAMES);
    String city = Words.pick(random, Words.CITIES);
    int amount = random.nextInt(10, 1000);
    int month = random.nextInt(1, 13);
    int day = random.nextInt(1, 29);
    String date = day + " " + Words.MONTHS.get(month - 1);
    return Exercise.of(
        "JSON: " + Words.pick(random, SENTENCES).formatted(person, amount, city, date),
        "{\"name\":\"%s\",\"amount\":%d,\"city\":\"%s\",\"date\":\"%02d-%02d\"}"
            .formatted(person, amount, city, month, day));
  }
}
