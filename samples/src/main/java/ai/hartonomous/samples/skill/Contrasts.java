package ai.hartonomous.samples.skill;

import ai.hartonomous.interpret.circuit.ContrastPair;
import ai.hartonomous.samples.skill.Agreement.Forms;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Contrast pairs that the sample models can read: an exercise, and the same exercise with one
/// change after which another answer follows.
public final class Contrasts {
  private static final Map<String, Function<RandomGenerator, ContrastPair>> KINDS =
      new TreeMap<>(Map.of("agreement", Contrasts::agreement, "roles", Contrasts::roles));

  private Contrasts() {}

  /// {@return the kinds of pairs: `agreement` and `roles`}
  public static Set<String> names() {
    return KINDS.keySet();
  }

  /// Draws pairs without end.
  /// - `agreement`: the subject changes its number, `VERB: the keys near the cat (be) =>` against
  ///   `VERB: the key near the cat (be) =>`; the noun between them stays.
  /// - `roles`: two columns change places, `SQL: names and emails of clients => SELECT` against
  ///   `SQL: emails and names of clients => SELECT`. Both stand in both prompts; as in the
  ///   indirect-object task, only their roles tell which one follows.
  ///
  /// @param name one of {@link #names}
  /// @param seed decides the pairs
  /// @return the pairs
  /// @throws IllegalArgumentException if there is no such kind
  public static Iterator<ContrastPair> pairs(String name, long seed) {
    Function<RandomGenerator, ContrastPair> kind = KINDS.get(name);
    if (kind == null) {
      throw new IllegalArgumentException("no contrast pairs of kind " + name);
    }
    var random = new SplittableRandom(seed);
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> numbered(i, kind.apply(random)))
        .iterator();
  }

  private static ContrastPair numbered(int number, ContrastPair pair) {
    String id = "%s-%06d".formatted(pair.id(), number);
    return new ContrastPair(id, pair.clean(), pair.corrupted(), pair.answers(), pair.wrong());
  }

  private static ContrastPair agreement(RandomGenerator random) {
    boolean many = random.nextBoolean();
    Forms subject = Words.pick(random, Agreement.NOUNS);
    Forms verb = Words.pick(random, Agreement.VERBS);
    String rest =
        " %s %s (%s)"
            .formatted(
                Words.pick(random, Agreement.BETWEEN),
                Words.pick(random, Agreement.NOUNS).form(random.nextBoolean()),
                verb.infinitive());
    Exercise clean = Exercise.of("VERB: the " + subject.form(many) + rest, verb.form(many));
    Exercise other = Exercise.of("VERB: the " + subject.form(!many) + rest, verb.form(!many));
    return pair("agreement", clean.prompt(), other.prompt(), clean.answer(), other.answer());
  }

  private static ContrastPair roles(RandomGenerator random) {
    Sql.Column first = Words.pick(random, Sql.SHOWN);
    Sql.Column second = Words.pick(random, Sql.SHOWN);
    while (second.equals(first)) {
      second = Words.pick(random, Sql.SHOWN);
    }
    String rest = " of " + Words.pick(random, Sql.TABLES);
    if (Words.chance(random, 60)) {
      rest += " in " + Words.pick(random, Words.CITIES);
    }
    String form = "SQL: %s and %s" + rest + Exercise.SUFFIX + " SELECT";
    return pair(
        "roles",
        form.formatted(first.plural(), second.plural()),
        form.formatted(second.plural(), first.plural()),
        " " + first.name(),
        " " + second.name());
  }

  private static ContrastPair pair(
      String kind, String clean, String corrupted, String answer, String wrong) {
    return new ContrastPair(kind, clean, corrupted, List.of(answer), List.of(wrong));
  }
}
