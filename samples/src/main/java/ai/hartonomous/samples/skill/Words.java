package ai.hartonomous.samples.skill;

import java.util.List;
import java.util.random.RandomGenerator;

/// Words that several skills share, and the choice of one.
final class Words {

  static final List<String> CITIES =
      List.of(
          "Paris", "Rome", "Berlin", "Madrid", "Vienna", "Oslo", "Lisbon", "Dublin", "Prague",
          "Athens", "London", "Geneva", "Milan", "Porto", "Warsaw", "Tokyo");

  static final List<String> NAMES =
      List.of(
          "Anna", "Ben", "Clara", "David", "Emma", "Frank", "Grace", "Henry", "Ida", "Jack",
          "Karen", "Leo", "Maria", "Nina", "Oscar", "Paul", "Rosa", "Sam", "Tom", "Vera");

  static final List<String> MONTHS =
      List.of(
          "January",
          "February",
          "March",
          "April",
          "May",
          "June",
          "July",
          "August",
          "September",
          "October",
          "November",
          "December");

  private Words() {}

  /// {@return one element, all equally likely}
  static <T> T pick(RandomGenerator random, List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /// {@return true in `percent` of the draws}
  static boolean chance(RandomGenerator random, int percent) {
    return random.nextInt(100) < percent;
  }
}
