package ai.hartonomous.samples.skill;

import java.util.random.RandomGenerator;

/// Sum and difference of two numbers of two digits; a difference is never negative. The tokenizer
/// makes one token of every digit.
public record Arithmetic() implements Skill {

  @Override
  public String name() {
    return "arithmetic";
  }

  @Override
  public String description() {
    return "two numbers of two digits are added or subtracted";
  }

  @Override
  public Exercise draw(RandomGenerator random) {
    int a = random.nextInt(10, 100);
    int b = random.nextInt(10, 100);
    if (random.nextBoolean()) {
      return Exercise.of("CALC: %d + %d".formatted(a, b), Integer.toString(a + b));
    }
    return Exercise.of(
        "CALC: %d - %d".formatted(Math.max(a, b), Math.min(a, b)),
        Integer.toString(Math.abs(a - b)));
  }
}
