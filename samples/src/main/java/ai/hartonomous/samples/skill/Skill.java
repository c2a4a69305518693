package ai.hartonomous.samples.skill;

import java.util.List;
import java.util.random.RandomGenerator;

/// A job that can be checked: the question has exactly one right answer.
public sealed interface Skill
    permits Agreement, Arithmetic, Dates, Fields, Logs, Sorting, Sql, Units {

  /// {@return the name, also of the suite file}
  String name();

  /// {@return one sentence for the model card}
  String description();

  /// {@return one exercise; equal random numbers give equal exercises}
  ///
  /// @param random source of every choice
  Exercise draw(RandomGenerator random);

  /// {@return all skills, in a fixed order}
  static List<Skill> all() {
    return List.of(
        new Sql(),
        new Fields(),
        new Dates(),
        new Logs(),
        new Agreement(),
        new Arithmetic(),
        new Units(),
        new Sorting());
  }
}
