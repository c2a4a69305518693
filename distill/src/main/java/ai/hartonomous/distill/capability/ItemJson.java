package ai.hartonomous.distill.capability;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/// One line of a suite file.
final class ItemJson {
  private static final List<String> FIELDS =
      List.of("id", "capability", "prompt", "answer", "split");
  private static final int SHOWN_CHARACTERS = 80;

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private ItemJson() {}

  /// {@return the item of a line}
  ///
  /// @param line UTF-8
  /// @param place for messages
  /// @throws SuiteException if it is not an item
  static CapabilityItem parse(byte[] line, String place) throws SuiteException {
    Map<String, String> fields = fields(text(line, place), place);
    for (String name : FIELDS.subList(0, 4)) {
      if (!fields.containsKey(name)) {
        throw new SuiteException("%s: field \"%s\" is missing".formatted(place, name));
      }
    }
    String id = fields.getOrDefault("id", "");
    String split = fields.get("split");
    try {
      return new CapabilityItem(
          id,
          fields.getOrDefault("capability", ""),
          fields.getOrDefault("prompt", ""),
          fields.getOrDefault("answer", ""),
          split == null ? Split.of(id) : split(split, place));
    } catch (IllegalArgumentException e) {
      throw failure(place + ": " + e.getMessage(), e);
    }
  }

  private static String text(byte[] line, String place) throws SuiteException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      throw failure(place + ": expected UTF-8", e);
    }
  }

  private static Map<String, String> fields(String line, String place) throws SuiteException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new SuiteException(place + ": expected a JSON object");
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        String shown =
            name.length() <= SHOWN_CHARACTERS ? name : name.substring(0, SHOWN_CHARACTERS);
        if (!FIELDS.contains(name)) {
          throw new SuiteException("%s: field \"%s\" is not known".formatted(place, shown));
        }
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          throw new SuiteException("%s: field \"%s\": expected a string".formatted(place, shown));
        }
        fields.put(name, parser.getString());
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw new SuiteException(place + ": expected one JSON object and nothing behind it");
      }
    } catch (JacksonException e) {
      throw failure(place + ": expected JSON: " + e.getOriginalMessage(), e);
    }
    return fields;
  }

  private static Split split(String label, String place) throws SuiteException {
    for (Split split : Split.values()) {
      if (split.label().equals(label)) {
        return split;
      }
    }
    throw new SuiteException(
        "%s: field \"split\": expected one of %s"
            .formatted(place, Arrays.stream(Split.values()).map(Split::label).toList()));
  }

  private static SuiteException failure(String message, Exception cause) {
    var failure = new SuiteException(message);
    failure.initCause(cause);
    return failure;
  }

  /// {@return the line of an item, without its line break}
  ///
  /// @param item any item
  static String format(CapabilityItem item) {
    return "{\"id\":%s,\"capability\":%s,\"prompt\":%s,\"answer\":%s,\"split\":%s}"
        .formatted(
            quoted(item.id()),
            quoted(item.capability()),
            quoted(item.prompt()),
            quoted(item.answer()),
            quoted(item.split().label()));
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
  }
}
