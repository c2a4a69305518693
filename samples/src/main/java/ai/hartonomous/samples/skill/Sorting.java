package ai.hartonomous.samples.skill;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/// Three to five different words in alphabetical order, forwards or backwards.
public record Sorting() implements Skill {

  private static final List<String> WORDS =
      List.of(
          "ant", "bear", "cat", "deer", "eel", "fox", "goat", "hare", "ibex", "jay", "kiwi", "lion",
          "mole", "newt", "owl", "pig", "quail", "rat", "seal", "toad", "urchin", "viper", "wolf",
          "yak", "zebra");

  @Override
  public String name() {
    return "sorting";
  }

  @Override
  public String description() {
    return "three to five words are put into alphabetical order, upwards or downwards";
  }

  @Override
  public Exercise draw(RandomGenerator random) {
    int size = random.nextInt(3, 6);
    List<String> words = new ArrayList<>();
    while (words.size() < size) {
      String word = Words.pick(random, WORDS);
      if (!words.contains(word)) {
        words.add(word);
      }
    }
    boolean upwards = random.nextBoolean();
    List<String> sorted = new ArrayList<>(words);
    sorted.sort(upwards ? Comparator.naturalOrder() : Comparator.reverseOrder());
    return Exercise.of(
        (upwards ? "SORT: up " : "SORT: down ") + String.join(" ", words),
        String.join(" ", sorted));
  }
}
