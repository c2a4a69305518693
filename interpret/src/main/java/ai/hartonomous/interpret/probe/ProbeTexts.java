package ai.hartonomous.interpret.probe;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Makes the standard probe texts: 32 domains with 48 texts each, 1,536 in all. They are put
/// together from patterns and words that were written for this, nothing is copied, and the same
/// seed gives the same texts.
public final class ProbeTexts {
  /// Number of the standard probe texts, the dimension of the standard probe space.
  public static final int COUNT = 1536;

  /// Seed of the standard probe texts.
  public static final long SEED = 1536;

  private static final int TRIES = 1000;
  private static final Pattern SLOT = Pattern.compile("\\{([a-z]+)(\\d?)\\}");

  private ProbeTexts() {}

  /// {@return the standard probe texts}
  public static List<Probe> standard() {
    return generate(COUNT, SEED);
  }

  /// {@return texts that all differ, of all domains in equal shares}
  ///
  /// @param count how many
  /// @param seed source of every choice
  /// @throws IllegalArgumentException if the patterns do not yield so many
  public static List<Probe> generate(int count, long seed) {
    var random = new SplittableRandom(seed);
    ProbeWords words = ProbeWords.load();
    List<String> domains = words.domains();
    Set<String> made = new HashSet<>();
    List<Probe> probes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String domain = domains.get(i % domains.size());
      List<String> choices = words.patterns(domain);
      String text = fill(choices.get(random.nextInt(choices.size())), words, random);
      for (int tries = 0; !made.add(text); tries++) {
        if (tries == TRIES) {
          throw new IllegalArgumentException(
              "no %d different texts of %s".formatted(count, domain));
        }
        text = fill(choices.get(random.nextInt(choices.size())), words, random);
      }
      probes.add(new Probe(domain, text));
    }
    return List.copyOf(probes);
  }

  /// Fills the slots of a pattern. Slots with the same name and digit get the same words.
  private static String fill(String pattern, ProbeWords words, SplittableRandom random) {
    Map<String, String> chosen = new TreeMap<>();
    return SLOT.matcher(pattern)
        .replaceAll(
            slot -> {
              String key = slot.group();
              boolean shared = !slot.group(2).isEmpty();
              String word = shared ? chosen.get(key) : null;
              if (word == null) {
                word = word(slot, words, random);
                chosen.put(key, word);
              }
              return word.replace("\\", "\\\\").replace("$", "\\$");
            });
  }

  private static String word(MatchResult slot, ProbeWords all, SplittableRandom random) {
    String name = slot.group(1);
    return switch (name) {
      case "n" -> Integer.toString(random.nextInt(2, 100));
      case "big" -> Integer.toString(random.nextInt(100, 10_000));
      case "year" -> Integer.toString(random.nextInt(1800, 2040));
      case "digit" -> Integer.toString(random.nextInt(10));
      case "hex" -> "%06x".formatted(random.nextInt(1 << 24));
      case "letter" -> Character.toString('a' + random.nextInt(26));
      default -> {
        List<String> words = all.words(name);
        yield words.get(random.nextInt(words.size()));
      }
    };
  }
}
