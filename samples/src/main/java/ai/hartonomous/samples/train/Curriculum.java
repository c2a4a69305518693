package ai.hartonomous.samples.train;

import ai.hartonomous.samples.Corpus;
import ai.hartonomous.samples.skill.Exercise;
import ai.hartonomous.samples.skill.Skill;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Decides what is trained next. A skill is drawn in proportion to how often the model still fails
/// at it, as estimated from the training losses themselves, plus a fixed share for each, so that
/// what was learned is not lost.
final class Curriculum {
  private static final double FIXED = 0.15;
  private static final double MEMORY = 0.995;

  private final List<Skill> skills;
  private final Corpus corpus;
  private final long[] drawn;
  private final double[] failure;

  Curriculum(List<Skill> skills, long seed) {
    this.skills = skills;
    corpus = new Corpus(seed);
    drawn = new long[skills.size()];
    failure = new double[skills.size()];
    Arrays.fill(failure, 1);
  }

  /// An exercise and the place of its skill.
  record Task(int skill, Exercise exercise) {}

  /// {@return how many exercises were drawn of each skill; live, to be stored}
  long[] drawn() {
    return drawn;
  }

  /// {@return estimated share of failures of each skill; live, to be stored}
  double[] failure() {
    return failure;
  }

  /// {@return the next exercise}
  Task next() {
    long position = Arrays.stream(drawn).sum();
    var random = new SplittableRandom(corpus.seed() * 31 + position * 0xD1B54A32D192ED03L);
    double at = random.nextDouble() * (Arrays.stream(failure).sum() + FIXED * skills.size());
    int skill = 0;
    while (skill < skills.size() - 1 && at >= failure[skill] + FIXED) {
      at -= failure[skill] + FIXED;
      skill++;
    }
    return new Task(skill, corpus.training(skills.get(skill), drawn[skill]++));
  }

  /// Learns from the loss of an exercise.
  ///
  /// @param skill place of its skill
  /// @param loss sum over the answer, in nats: `e^-loss` is the probability of the exact answer
  void observe(int skill, double loss) {
    failure[skill] = MEMORY * failure[skill] + (1 - MEMORY) * (1 - Math.exp(-loss));
  }
}
