package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.ContrastItem.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads files of contrast pairs. Text, one pair a line:
/// - JSON lines with `clean`, `corrupted` (may be absent), `answers`, `wrong` (lists of texts) and
///   optional `id`: our own layout;
/// - JSON lines with `clean_prefix`, `patch_prefix`, `clean_answer`, `patch_answer`: Marks et al.,
///   feature-circuits;
/// - JSON lines with `one_prefix_prefix`, `one_prefix_word_good`, `one_prefix_word_bad`: BLiMP,
///   where the pair has one prompt only;
/// - CSV with the head `clean,corrupted,label`: the greater-than task of EAP-IG. Answers are
///   two-digit years above the label, wrong ones those up to it; labels below 10 have one digit.
///
/// Token ids, for models without a tokenizer, one JSON object:
/// - `cases`, each with `ids`: every output at every position is asked for;
/// - `task_set` with `ids`, `targets` and `scored_positions`.
///
/// In these two the corrupted prompt of an item is the next one of equal length.
public final class ContrastFiles {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String CSV_HEAD = "clean,corrupted,label";

  private ContrastFiles() {}

  /// {@return whether a file holds token ids and not text}
  ///
  /// @param file the file
  /// @throws IOException if it cannot be read
  public static boolean hasIds(Path file) throws IOException {
    return isOneObject(Files.readString(file));
  }

  private static boolean isOneObject(String text) {
    try {
      JsonNode root = MAPPER.readTree(text);
      return root.has("cases") || root.has("task_set");
    } catch (JacksonException _) {
      return false; // several lines of JSON
    }
  }

  /// {@return the pairs of a text file}
  ///
  /// @param file the file
  /// @throws IOException if a line is none of the layouts, naming the line
  public static List<ContrastPair> readPairs(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    boolean csv = !lines.isEmpty() && lines.getFirst().strip().equals(CSV_HEAD);
    List<ContrastPair> pairs = new ArrayList<>();
    for (int i = csv ? 1 : 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        pairs.add(csv ? greaterThan(file, lines.get(i), i + 1) : pair(file, lines.get(i), i + 1));
      }
    }
    return pairs;
  }

  private static ContrastPair pair(Path file, String line, int number) throws IOException {
    JsonNode json;
    try {
      json = MAPPER.readTree(line);
    } catch (JacksonException e) {
      throw new IOException(
          "%s, line %d: no JSON: %s".formatted(file, number, e.getOriginalMessage()));
    }
    String id = json.path("id").asString(Integer.toString(number));
    if (json.has("clean_prefix")) {
      return new ContrastPair(
          id,
          text(file, number, json, "clean_prefix"),
          text(file, number, json, "patch_prefix"),
          List.of(text(file, number, json, "clean_answer")),
          List.of(text(file, number, json, "patch_answer")));
    }
    if (json.has("one_prefix_prefix")) {
      return new ContrastPair(
          id,
          text(file, number, json, "one_prefix_prefix"),
          null,
          List.of(" " + text(file, number, json, "one_prefix_word_good")),
          List.of(" " + text(file, number, json, "one_prefix_word_bad")));
    }
    boolean paired = json.has("corrupted");
    return new ContrastPair(
        id,
        text(file, number, json, "clean"),
        paired ? text(file, number, json, "corrupted") : null,
        texts(file, number, json, "answers"),
        texts(file, number, json, "wrong"));
  }

  private static String text(Path file, int line, JsonNode json, String name) throws IOException {
    if (!json.path(name).isString()) {
      throw new IOException("%s, line %d: '%s' is no text".formatted(file, line, name));
    }
    return json.path(name).asString();
  }

  private static List<String> texts(Path file, int line, JsonNode json, String name)
      throws IOException {
    List<String> texts = new ArrayList<>();
    for (JsonNode text : json.path(name)) {
      texts.add(text.asString());
    }
    if (texts.isEmpty()) {
      throw new IOException("%s, line %d: '%s' is no list of texts".formatted(file, line, name));
    }
    return texts;
  }

  private static ContrastPair greaterThan(Path file, String line, int number) throws IOException {
    String[] cells = line.strip().split(",");
    if (cells.length != 3 || !cells[2].matches("\\d{1,2}")) {
      throw new IOException(
          "%s, line %d: expected two prompts and one or two digits".formatted(file, number));
    }
    int label = Integer.parseInt(cells[2]);
    return new ContrastPair(
        Integer.toString(number), cells[0], cells[1], years(label + 1, 100), years(2, label + 1));
  }

  private static List<String> years(int from, int to) {
    return IntStream.range(from, to).mapToObj("%02d"::formatted).toList();
  }

  /// {@return the items of a file of token ids}
  ///
  /// @param file the file
  /// @throws IOException if it is none of the layouts
  public static List<ContrastItem> readItems(Path file) throws IOException {
    JsonNode root;
    try {
      root = MAPPER.readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new IOException("%s: no JSON: %s".formatted(file, e.getOriginalMessage()));
    }
    List<int[]> prompts = new ArrayList<>();
    List<List<Target>> asked = new ArrayList<>();
    for (JsonNode one : root.path("cases")) {
      int[] ids = ids(file, one.path("ids"));
      prompts.add(ids);
      asked.add(
          IntStream.range(0, ids.length)
              .mapToObj(p -> new Target(p, new int[0], new int[0]))
              .toList());
    }
    JsonNode set = root.path("task_set");
    int[] positions = ids(file, set.path("scored_positions"));
    for (int i = 0; i < set.path("ids").size(); i++) {
      prompts.add(ids(file, set.path("ids").get(i)));
      asked.add(targets(positions, ids(file, set.path("targets").path(i)), file));
    }
    if (prompts.isEmpty()) {
      throw new IOException(file + ": neither 'cases' nor 'task_set' has items");
    }
    return paired(prompts, asked);
  }

  private static List<Target> targets(int[] positions, int[] outputs, Path file)
      throws IOException {
    if (positions.length != outputs.length) {
      throw new IOException("%s at task_set: targets do not fit scored_positions".formatted(file));
    }
    return IntStream.range(0, positions.length)
        .mapToObj(i -> new Target(positions[i], new int[] {outputs[i]}, new int[0]))
        .toList();
  }

  private static List<ContrastItem> paired(List<int[]> prompts, List<List<Target>> asked) {
    List<ContrastItem> items = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      int partner = partner(prompts, i);
      int @Nullable [] corrupted = partner < 0 ? null : prompts.get(partner);
      List<Target> targets = new ArrayList<>();
      for (int t = 0; t < asked.get(i).size(); t++) {
        Target target = asked.get(i).get(t);
        int[] wrong = partner < 0 ? target.wrong() : asked.get(partner).get(t).answers();
        boolean same = Arrays.equals(wrong, target.answers());
        targets.add(new Target(target.position(), target.answers(), same ? new int[0] : wrong));
      }
      items.add(new ContrastItem(Integer.toString(i), prompts.get(i), corrupted, targets));
    }
    return items;
  }

  /// {@return the next different prompt of equal length, or -1}
  private static int partner(List<int[]> prompts, int i) {
    for (int j = 1; j < prompts.size(); j++) {
      int other = (i + j) % prompts.size();
      boolean fits = prompts.get(other).length == prompts.get(i).length;
      if (fits && !Arrays.equals(prompts.get(other), prompts.get(i))) {
        return other;
      }
    }
    return -1;
  }

  private static int[] ids(Path file, JsonNode list) throws IOException {
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      if (!list.get(i).isInt()) {
        throw new IOException("%s: '%s' is no token id".formatted(file, list.get(i)));
      }
      ids[i] = list.get(i).asInt();
    }
    return ids;
  }
}
