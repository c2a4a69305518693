package ai.hartonomous.model.tokenizer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The parts of a Hugging Face `tokenizer.json` that we read ourselves, and the checks that keep a
/// hostile file away from the native library, which ends the process where it cannot go on.
///
/// @param tokens token by id, in the alphabet of the vocabulary; empty where an id has none
/// @param special ids that are no text
/// @param added ids whose token is plain text, whatever the alphabet
/// @param merges pairs to join, best first; empty where the model has none
/// @param spelling how tokens become text
/// @param template id that the file's template puts before a text, or -1
record JsonVocabulary(
    List<String> tokens,
    BitSet special,
    BitSet added,
    List<String> merges,
    Spelling spelling,
    int template) {

  /// Highest id that is believed; the largest known vocabularies have a sixteenth of it.
  private static final int HIGHEST_ID = 1 << 22;

  private static final Set<String> MODELS = Set.of("BPE", "Unigram", "WordLevel", "WordPiece");

  /// {@return the vocabulary of a document}
  ///
  /// @param root the document
  /// @param file named in errors
  /// @throws TokenizerException if a part is missing or unfit
  static JsonVocabulary parse(JsonNode root, Path file) throws IOException {
    var reader = new Reader(file);
    reader.readModel(root.path("model"));
    reader.readAdded(root.path("added_tokens"));
    reader.checkParts(root.path("normalizer"));
    reader.checkParts(root.path("pre_tokenizer"));
    if (reader.tokens.isEmpty()) {
      throw reader.fault("model.vocab", "tokens", "none");
    }
    return new JsonVocabulary(
        List.copyOf(reader.tokens),
        reader.special,
        reader.added,
        List.copyOf(reader.merges),
        spelling(root.path("decoder")),
        reader.template(root.path("post_processor")));
  }

  /// {@return the document without what would cut, fill up or randomly vary the ids}
  ///
  /// @param root the document; changed in place
  static String text(JsonNode root) {
    ObjectNode document = (ObjectNode) root;
    document.putNull("truncation");
    document.putNull("padding");
    ObjectNode model = (ObjectNode) root.path("model");
    if (model.has("dropout")) {
      model.putNull("dropout");
    }
    return Json.write(document);
  }

  /// How tokens become text.
  enum Spelling {
    /// Tokens are in {@link ByteAlphabet}.
    BYTES,
    /// `▁` is a space, and `<0x0A>` may be a byte.
    PIECES,
    /// What a token adds depends on those beside it.
    WORDS
  }

  private static Spelling spelling(JsonNode decoder) {
    if (has(decoder, "ByteLevel")) {
      return Spelling.BYTES;
    }
    boolean pieces = has(decoder, "Metaspace") || has(decoder, "ByteFallback");
    return pieces ? Spelling.PIECES : Spelling.WORDS;
  }

  private static boolean has(JsonNode decoder, String type) {
    boolean found = type.equals(decoder.path("type").asString(""));
    for (JsonNode part : decoder.path("decoders")) {
      found |= has(part, type);
    }
    return found;
  }

  /// {@return the id of a token, or -1}
  ///
  /// @param token exact text
  int id(String token) {
    return tokens.indexOf(token);
  }

  /// Collects the parts.
  private static final class Reader {

    private final Path file;
    private final List<String> tokens = new ArrayList<>();
    private final BitSet special = new BitSet();
    private final BitSet added = new BitSet();
    private final List<String> merges = new ArrayList<>();

    Reader(Path file) {
      this.file = file;
    }

    TokenizerException fault(String place, String expected, String found) {
      return new TokenizerException(file, place, expected, found);
    }

    void readModel(JsonNode model) throws IOException {
      if (!model.isObject()) {
        throw fault("model", "an object", Json.kind(model));
      }
      String type = model.path("type").asString("BPE");
      if (!MODELS.contains(type)) {
        throw fault("model.type", "BPE, Unigram, WordLevel or WordPiece", type);
      }
      JsonNode vocabulary = model.path("vocab");
      if (vocabulary.isArray()) {
        readScored(vocabulary);
      } else if (vocabulary.isObject()) {
        for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
          put(entry.getKey(), entry.getValue(), "model.vocab");
        }
      } else {
        throw fault("model.vocab", "an object or an array", Json.kind(vocabulary));
      }
      readMerges(model.path("merges"), model.path("continuing_subword_prefix").asString(""));
    }

    private void readScored(JsonNode vocabulary) throws IOException {
      for (JsonNode entry : vocabulary) {
        if (!entry.path(0).isString() || !entry.path(1).isNumber()) {
          throw fault(
              "model.vocab[%d]".formatted(tokens.size()), "[text, score]", entry.toString());
        }
        tokens.add(entry.path(0).asString());
      }
    }

    private void put(String token, JsonNode id, String place) throws IOException {
      if (!id.isInt() || id.asInt() < 0 || id.asInt() >= HIGHEST_ID) {
        throw fault("%s '%s'".formatted(place, token), "an id below " + HIGHEST_ID, id.toString());
      }
      while (tokens.size() <= id.asInt()) {
        tokens.add("");
      }
      tokens.set(id.asInt(), token);
    }

    private void readMerges(JsonNode list, String prefix) throws IOException {
      for (JsonNode merge : list) {
        String[] pair =
            merge.isArray()
                ? new String[] {merge.path(0).asString(""), merge.path(1).asString("")}
                : merge.asString("").split(" ", -1);
        // The native library cuts the prefix off the right half without looking.
        boolean fit =
            pair.length == 2
                && !pair[0].isEmpty()
                && !pair[1].isEmpty()
                && pair[1].startsWith(prefix);
        if (!fit) {
          throw fault(
              "model.merges[%d]".formatted(merges.size()),
              "two tokens, the right one beginning with '%s'".formatted(prefix),
              merge.toString());
        }
        merges.add(pair[0] + " " + pair[1]);
      }
    }

    void readAdded(JsonNode list) throws IOException {
      for (JsonNode token : list) {
        JsonNode content = token.path("content");
        if (!content.isString()) {
          throw fault("added_tokens", "content as text", Json.kind(content));
        }
        put(content.asString(), token.path("id"), "added_tokens");
        added.set(token.path("id").asInt());
        special.set(token.path("id").asInt(), token.path("special").asBoolean(false));
      }
    }

    /// Looks through normalisers and pre-tokenizers, which may hold others.
    void checkParts(JsonNode part) throws IOException {
      switch (part.path("type").asString("")) {
        case "Precompiled" -> checkCharacters(part.path("precompiled_charsmap").asString(""));
        case "FixedLength" -> {
          if (part.path("length").asInt(0) < 1) {
            throw fault("pre_tokenizer.length", "at least 1", part.path("length").toString());
          }
        }
        default -> {
          for (String list : List.of("normalizers", "pretokenizers")) {
            for (JsonNode inner : part.path(list)) {
              checkParts(inner);
            }
          }
        }
      }
    }

    private void checkCharacters(String base64) throws IOException {
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(base64);
      } catch (IllegalArgumentException e) {
        throw fault("normalizer.precompiled_charsmap", "base 64", String.valueOf(e.getMessage()));
      }
      CharacterMap.parse(bytes, file);
    }

    /// {@return the id of the special token that a template puts first, or -1}
    int template(JsonNode processor) {
      JsonNode first = processor.path("single").path(0).path("SpecialToken").path("id");
      int id = first.isString() ? tokens.indexOf(first.asString()) : -1;
      for (JsonNode inner : processor.path("processors")) {
        id = id >= 0 ? id : template(inner);
      }
      return id;
    }
  }
}
