package ai.hartonomous.interpret.circuit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The indirect-object task: `When Ann and Ben went to the shop, Ben gave a drink to` goes on with
/// ` Ann`. In the corrupted prompt the second sentence's subject is the other name, so that the
/// answers change places. Prompts are drawn from lists of templates, names, objects and places.
///
/// Source: Wang et al., "Interpretability in the Wild", 2023, arXiv:2211.00593; lists in the layout
/// of MIB (`mib_ioi_templates.json`, `mib_ioi_names.json`, `mib_ioi_objects.json`,
/// `mib_ioi_places.json`).
public final class IndirectObject {
  private final List<String> templates;
  private final List<String> names;
  private final List<String> objects;
  private final List<String> places;

  private IndirectObject(
      List<String> templates, List<String> names, List<String> objects, List<String> places) {
    this.templates = templates;
    this.names = names;
    this.objects = objects;
    this.places = places;
  }

  /// {@return the task of a folder with the four lists}
  ///
  /// @param folder the folder
  /// @throws IOException if a list is absent or too short
  public static IndirectObject read(Path folder) throws IOException {
    return new IndirectObject(
        list(folder.resolve("mib_ioi_templates.json"), 1),
        list(folder.resolve("mib_ioi_names.json"), 2),
        list(folder.resolve("mib_ioi_objects.json"), 1),
        list(folder.resolve("mib_ioi_places.json"), 1));
  }

  private static List<String> list(Path file, int least) throws IOException {
    List<String> texts = new ArrayList<>();
    try {
      for (JsonNode text : new JsonMapper().readTree(Files.readString(file))) {
        texts.add(text.asString());
      }
    } catch (JacksonException e) {
      throw new IOException("%s: no JSON: %s".formatted(file, e.getOriginalMessage()));
    }
    if (texts.size() < least) {
      throw new IOException("%s: expected a list of %d texts or more".formatted(file, least));
    }
    return texts;
  }

  /// {@return pairs without end}
  ///
  /// @param seed decides them
  public Iterator<ContrastPair> pairs(long seed) {
    var random = new SplittableRandom(seed);
    return IntStream.iterate(0, i -> i + 1).mapToObj(i -> pair(i, random)).iterator();
  }

  private ContrastPair pair(int number, SplittableRandom random) {
    String object = objects.get(random.nextInt(objects.size()));
    boolean vowel = "aeiou".indexOf(Character.toLowerCase(object.charAt(0))) >= 0;
    String article = vowel ? " an {object}" : " a {object}";
    List<String> fitting =
        templates.stream().filter(t -> t.contains(article) || !t.contains("{object}")).toList();
    List<String> choices = fitting.isEmpty() ? templates : fitting;
    String place = places.get(random.nextInt(places.size()));
    String template =
        choices
            .get(random.nextInt(choices.size()))
            .strip()
            .replace("{object}", object)
            .replace("{place}", place);
    int first = random.nextInt(names.size());
    int second = (first + 1 + random.nextInt(names.size() - 1)) % names.size();
    String a = names.get(first);
    String b = names.get(second);
    String named = template.replace("{name_A}", a).replace("{name_B}", b);
    boolean repeatsFirst = random.nextBoolean();
    String subject = repeatsFirst ? a : b;
    String other = repeatsFirst ? b : a;
    return new ContrastPair(
        Integer.toString(number),
        named.replace("{name_C}", subject),
        named.replace("{name_C}", other),
        List.of(" " + other),
        List.of(" " + subject));
  }
}
