package ai.hartonomous.samples.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Three or four different words, out of twenty, in alphabetical order.
public record Sorting() implements Skill {

  private static final List<String> WORDS =
      List.of(
          "ant", "bear", "cat", "deer", "eel", "fox", "goat", "hare", "ibex", "jay", "kiwi", "lion",
          "mole", "newt", "owl", "pig", "rat", "seal", "toad", "wolf");

  @Override
  public String name() {
    return "sorting";
  }

  @Override
  public String description() {
    return "three or four words are put into alphabetical order";
  }

  @Override
  public Exercise draw(RandomGenerator random) {
    int size = random.nextInt(3, 5);
    List<String> words = new ArrayList<>();
    while (words.size() < size) {
      String word = Words.pick(random, WORDS);
      if (!words.contains(word)) {
        words.add(word);
      }
    }
    List<String> sorted = words.stream().sorted().toList();
    return Exercise.of("SORT: " + String.join(" ", words), String.join(" ", sorted));
  }
}
