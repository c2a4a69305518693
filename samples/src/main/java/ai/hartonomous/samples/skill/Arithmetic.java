package ai.hartonomous.samples.skill;

import java.util.random.RandomGenerator;

/// Sum and difference of two numbers of two digits, with the working: first the ones, then the tens
/// with what is carried or borrowed, then the result, such as `7+5=12 4+8+1=13 132` for 47 + 85 or
/// `15-7=8 8-1-4=3 38` for 85 - 47. A difference is never negative. The tokenizer makes one token
/// of every digit, so each step is a small table; a model of this size does not learn both steps at
/// once in a few minutes.
public record Arithmetic() implements Skill {

  @Override
  public String name() {
    return "arithmetic";
  }

  @Override
  public String description() {
    return "two numbers of two digits are added or subtracted, ones first, with the working";
  }

  @Override
  public Exercise draw(RandomGenerator random) {
    int a = random.nextInt(10, 100);
    int b = random.nextInt(10, 100);
    if (random.nextBoolean()) {
      return Exercise.of("CALC: %d + %d".formatted(a, b), sum(a, b));
    }
    int larger = Math.max(a, b);
    int smaller = Math.min(a, b);
    return Exercise.of("CALC: %d - %d".formatted(larger, smaller), difference(larger, smaller));
  }

  private static String sum(int a, int b) {
    int ones = a % 10 + b % 10;
    String carry = ones > 9 ? "+1" : "";
    int tens = a / 10 + b / 10 + ones / 10;
    return "%d+%d=%d %d+%d%s=%d %d"
        .formatted(a % 10, b % 10, ones, a / 10, b / 10, carry, tens, a + b);
  }

  private static String difference(int a, int b) {
    int borrowed = a % 10 < b % 10 ? 1 : 0;
    int from = a % 10 + 10 * borrowed;
    String borrow = borrowed > 0 ? "-1" : "";
    int tens = a / 10 - borrowed - b / 10;
    return "%d-%d=%d %d%s-%d=%d %d"
        .formatted(from, b % 10, from - b % 10, a / 10, borrow, b / 10, tens, a - b);
  }
}
