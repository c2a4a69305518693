package ai.hartonomous.samples.skill;

import java.util.List;
import java.util.random.RandomGenerator;

/// Unit conversion by 10, 100 or 1,000 in both directions, of 1 to 999 of the larger unit.
public record Units() implements Skill {

  private record Pair(String large, String small, int factor) {}

  private static final List<Pair> PAIRS =
      List.of(
          new Pair("cm", "mm", 10),
          new Pair("l", "dl", 10),
          new Pair("m", "cm", 100),
          new Pair("ha", "a", 100),
          new Pair("eur", "ct", 100),
          new Pair("km", "m", 1000),
          new Pair("kg", "g", 1000),
          new Pair("t", "kg", 1000),
          new Pair("l", "ml", 1000));

  @Override
  public String name() {
    return "units";
  }

  @Override
  public String description() {
    return "a quantity changes its unit by a factor of 10, 100 or 1,000";
  }

  @Override
  public Exercise draw(RandomGenerator random) {
    Pair pair = Words.pick(random, PAIRS);
    int count = random.nextInt(1, 1000);
    return random.nextBoolean() ? larger(pair, count) : smaller(pair, count);
  }

  private static Exercise larger(Pair pair, int count) {
    return question(count, pair.large(), count * pair.factor(), pair.small());
  }

  private static Exercise smaller(Pair pair, int count) {
    return question(count * pair.factor(), pair.small(), count, pair.large());
  }

  private static Exercise question(int count, String unit, int result, String wanted) {
    return Exercise.of("UNIT: %d %s in %s".formatted(count, unit, wanted), result + " " + wanted);
  }
}
