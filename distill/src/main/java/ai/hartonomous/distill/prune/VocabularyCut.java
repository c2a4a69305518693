package ai.hartonomous.distill.prune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A tokenizer of byte-pair merges with fewer tokens.
///
/// What stays: the tokens that were asked for; added and special tokens; every token of one
/// character (of byte-level tokenizers these are the bytes) and every byte token `<0x0A>`; and
/// whatever a merge joins into a token that stays. Merges whose result goes, go.
///
/// The law: a text whose tokens all stay is cut into the same tokens. Proof: each merge that was
/// applied to it built a part of a token that stays, so its result stays, and with it the merge. At
/// every step the best of all merges is therefore still there, and it is still the best, since
/// merges were only taken away. Other texts are cut into smaller pieces, and every text can still
/// be expressed that could be before.
///
/// Source of the algorithm: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words
/// with Subword Units", 2016, arXiv:1508.07909.
public final class VocabularyCut {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String TOKENIZER = "tokenizer.json";
  private static final List<String> COPIED =
      List.of("special_tokens_map.json", "chat_template.jinja");
  private static final List<String> WITH_IDS =
      List.of("tokenizer_config.json", "config.json", "generation_config.json");

  private final Path source;
  private final ObjectNode root;
  private final int[] kept;
  private final Map<Integer, Integer> newIds;

  private VocabularyCut(Path source, ObjectNode root, int[] kept) {
    this.source = source;
    this.root = root;
    this.kept = kept;
    newIds = new HashMap<>();
    for (int i = 0; i < kept.length; i++) {
      newIds.put(kept[i], i);
    }
  }

  /// Finds what has to stay.
  ///
  /// @param folder folder with a `tokenizer.json`
  /// @param used ids of the tokens that are asked for
  /// @return the cut
  /// @throws UnsafeVocabularyException if tokens of this tokenizer cannot be taken away safely
  /// @throws IOException if a file cannot be read
  public static VocabularyCut plan(Path folder, BitSet used) throws IOException {
    Path file = folder.resolve(TOKENIZER);
    if (!Files.isRegularFile(file)) {
      throw new UnsafeVocabularyException(
          folder, "folder", "a tokenizer.json; other tokenizers are not rewritten", "none");
    }
    ObjectNode root = read(file);
    requireMerges(file, root);
    JsonNode vocabulary = root.path("model").path("vocab");
    BitSet keep = new BitSet();
    Map<String, Integer> ids = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
      String token = entry.getKey();
      int id = entry.getValue().asInt();
      ids.put(token, id);
      boolean basic =
          token.codePointCount(0, token.length()) == 1 || token.matches("<0x\\p{XDigit}{2}>");
      if (basic
          || used.get(id)
          || token.equals(root.path("model").path("unk_token").asString(""))) {
        keep.set(id);
      }
    }
    root.path("added_tokens").forEach(token -> keep.set(token.path("id").asInt()));
    close(root, ids, keep);
    return new VocabularyCut(folder, root, keep.stream().toArray());
  }

  private static ObjectNode read(Path file) throws IOException {
    try {
      if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw new UnsafeVocabularyException(file, "start", "JSON", e.getOriginalMessage());
    }
    throw new UnsafeVocabularyException(file, "start", "a JSON object", "something else");
  }

  private static void requireMerges(Path file, JsonNode root) throws UnsafeVocabularyException {
    JsonNode model = root.path("model");
    String type = model.path("type").asString("");
    boolean old = type.isEmpty() && model.has("merges");
    if (!type.equals("BPE") && !old) {
      throw new UnsafeVocabularyException(file, "model.type", "BPE", type);
    }
    for (String key : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix")) {
      JsonNode value = model.path(key);
      if (!value.isMissingNode() && !value.isNull() && !value.asString("").isEmpty()) {
        throw new UnsafeVocabularyException(file, "model." + key, "none", value.toString());
      }
    }
    if (!root.path("truncation").isNull() && !root.path("truncation").isMissingNode()) {
      throw new UnsafeVocabularyException(file, "truncation", "none", "some");
    }
  }

  /// Adds what is joined into tokens that stay, and what is joined into that.
  private static void close(ObjectNode root, Map<String, Integer> ids, BitSet keep) {
    Map<String, List<String[]>> pairs = new HashMap<>();
    for (JsonNode merge : root.path("model").path("merges")) {
      String[] pair = pair(merge);
      pairs.computeIfAbsent(pair[0] + pair[1], _ -> new ArrayList<>()).add(pair);
    }
    Map<Integer, String> tokens = new HashMap<>();
    ids.forEach((token, id) -> tokens.put(id, token));
    Deque<Integer> waiting = new ArrayDeque<>(keep.stream().boxed().toList());
    while (!waiting.isEmpty()) {
      String token = tokens.getOrDefault(waiting.pop(), "");
      for (String[] pair : pairs.getOrDefault(token, List.of())) {
        for (String part : pair) {
          Integer id = ids.get(part);
          if (id != null && !keep.get(id)) {
            keep.set(id);
            waiting.push(id);
          }
        }
      }
    }
  }

  /// A merge is a pair, or a text with one space between.
  private static String[] pair(JsonNode merge) {
    if (merge.isArray()) {
      return new String[] {merge.path(0).asString(""), merge.path(1).asString("")};
    }
    String text = merge.asString("");
    int space = text.indexOf(' ', 1);
    return space < 0
        ? new String[] {text, ""}
        : new String[] {text.substring(0, space), text.substring(space + 1)};
  }

  /// {@return ids of the source that stay, ascending; the first becomes id 0, and so on}
  public int[] kept() {
    return kept.clone();
  }

  /// {@return the new id of a token, or -1 if it went}
  ///
  /// @param id its id in the source
  public int newId(int id) {
    return newIds.getOrDefault(id, -1);
  }

  /// Writes the new tokenizer: `tokenizer.json`, and the files beside it with ids replaced.
  ///
  /// @param folder exists; files of these names are replaced
  /// @throws UnsafeVocabularyException if a file names a token in a way that is not known here
  /// @throws IOException if a file cannot be read or written
  public void write(Path folder) throws IOException {
    ObjectNode changed = root.deepCopy();
    changeVocabulary((ObjectNode) changed.path("model"));
    for (JsonNode token : changed.path("added_tokens")) {
      ((ObjectNode) token).put("id", newId(token.path("id").asInt()));
    }
    changeProcessor(changed.path("post_processor"));
    if (changed.path("padding") instanceof ObjectNode padding) {
      padding.put("pad_id", known(TOKENIZER, "padding.pad_id", padding.path("pad_id").asInt()));
    }
    Files.writeString(folder.resolve(TOKENIZER), JSON.writeValueAsString(changed) + "\n");
    for (String name : WITH_IDS) {
      if (Files.isRegularFile(source.resolve(name))) {
        ObjectNode file = read(source.resolve(name));
        changeIds(name, file);
        Files.writeString(folder.resolve(name), JSON.writeValueAsString(file) + "\n");
      }
    }
    for (String name : COPIED) {
      if (Files.isRegularFile(source.resolve(name))) {
        Files.write(folder.resolve(name), Files.readAllBytes(source.resolve(name)));
      }
    }
  }

  private void changeVocabulary(ObjectNode model) {
    ObjectNode vocabulary = JSON.createObjectNode();
    for (Map.Entry<String, JsonNode> entry : model.path("vocab").properties()) {
      int id = newId(entry.getValue().asInt());
      if (id >= 0) {
        vocabulary.put(entry.getKey(), id);
      }
    }
    ArrayNode merges = JSON.createArrayNode();
    for (JsonNode merge : model.path("merges")) {
      String[] pair = pair(merge);
      if (vocabulary.has(pair[0] + pair[1])) {
        merges.add(merge);
      }
    }
    model.set("vocab", vocabulary);
    model.set("merges", merges);
  }

  private void changeProcessor(JsonNode processor) throws UnsafeVocabularyException {
    switch (processor.path("type").asString("")) {
      case "", "ByteLevel" -> {}
      case "Sequence" -> {
        for (JsonNode part : processor.path("processors")) {
          changeProcessor(part);
        }
      }
      case "TemplateProcessing" -> {
        for (JsonNode special : processor.path("special_tokens")) {
          ArrayNode ids = JSON.createArrayNode();
          for (JsonNode id : special.path("ids")) {
            ids.add(known(TOKENIZER, "post_processor.special_tokens", id.asInt()));
          }
          ((ObjectNode) special).set("ids", ids);
        }
      }
      default ->
          throw new UnsafeVocabularyException(
              source.resolve(TOKENIZER),
              "post_processor",
              "ByteLevel, TemplateProcessing or a sequence of them",
              processor.path("type").asString(""));
    }
  }

  /// Replaces ids under keys such as `eos_token_id`, and the keys of `added_tokens_decoder`.
  private void changeIds(String name, ObjectNode file) throws UnsafeVocabularyException {
    for (String key : file.propertyNames().stream().toList()) {
      JsonNode value = file.path(key);
      if (key.endsWith("_token_id") && value.isInt()) {
        file.put(key, known(name, key, value.intValue()));
      } else if (key.endsWith("_token_id") && value.isArray()) {
        int[] ids = new int[value.size()];
        Arrays.setAll(ids, i -> newId(value.path(i).asInt()));
        ArrayNode list = file.putArray(key);
        Arrays.stream(ids).filter(id -> id >= 0).forEach(list::add);
      } else if (key.equals("added_tokens_decoder")) {
        ObjectNode decoder = JSON.createObjectNode();
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
          int id = known(name, key, Integer.parseInt(entry.getKey()));
          decoder.set(Integer.toString(id), entry.getValue());
        }
        file.set(key, decoder);
      }
    }
  }

  private int known(String file, String place, int id) throws UnsafeVocabularyException {
    int changed = newId(id);
    if (changed < 0) {
      throw new UnsafeVocabularyException(
          source.resolve(file), place, "a token of the tokenizer", "token " + id);
    }
    return changed;
  }
}
