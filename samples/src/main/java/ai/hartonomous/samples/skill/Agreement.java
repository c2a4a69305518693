package ai.hartonomous.samples.skill;

import java.util.List;
import java.util.random.RandomGenerator;

/// Subject-verb agreement: the verb in the form that fits the subject, with up to two noun phrases
/// of either number between the two.
public record Agreement() implements Skill {

  /// Singular and plural form of a noun, or of a verb in the third person.
  record Forms(String singular, String plural) {

    String form(boolean many) {
      return many ? plural : singular;
    }

    /// {@return how the question names this verb}
    String infinitive() {
      return plural.equals("are") ? "be" : plural;
    }
  }

  static final List<Forms> NOUNS =
      List.of(
          new Forms("key", "keys"),
          new Forms("man", "men"),
          new Forms("child", "children"),
          new Forms("mouse", "mice"),
          new Forms("box", "boxes"),
          new Forms("dog", "dogs"),
          new Forms("tree", "trees"),
          new Forms("lady", "ladies"),
          new Forms("boat", "boats"),
          new Forms("horse", "horses"),
          new Forms("star", "stars"),
          new Forms("goose", "geese"),
          new Forms("lamp", "lamps"),
          new Forms("bird", "birds"),
          new Forms("judge", "judges"),
          new Forms("friend", "friends"));

  static final List<Forms> VERBS =
      List.of(
          new Forms("is", "are"),
          new Forms("has", "have"),
          new Forms("does", "do"),
          new Forms("runs", "run"),
          new Forms("goes", "go"),
          new Forms("sings", "sing"),
          new Forms("waits", "wait"),
          new Forms("falls", "fall"),
          new Forms("flies", "fly"),
          new Forms("shines", "shine"));

  static final List<String> BETWEEN =
      List.of("near the", "behind the", "of the", "with the", "above the", "beside the");

  @Override
  public String name() {
    return "agreement";
  }

  @Override
  public String description() {
    return "the verb takes the number of its subject, not that of the nouns between them";
  }

  @Override
  public Exercise draw(RandomGenerator random) {
    boolean many = random.nextBoolean();
    var question = new StringBuilder("VERB: the ").append(Words.pick(random, NOUNS).form(many));
    int phrases = random.nextInt(1, 3);
    for (int i = 0; i < phrases; i++) {
      question
          .append(' ')
          .append(Words.pick(random, BETWEEN))
          .append(' ')
          .append(Words.pick(random, NOUNS).form(random.nextBoolean()));
    }
    Forms verb = Words.pick(random, VERBS);
    return Exercise.of(
        question.append(" (").append(verb.infinitive()).append(')').toString(), verb.form(many));
  }
}
