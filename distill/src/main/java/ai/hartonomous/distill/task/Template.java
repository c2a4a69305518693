package ai.hartonomous.distill.task;

import ai.hartonomous.distill.capability.SuiteException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A text with fields of a JSON object in braces: `Question: {question}\nAnswer:`. `{a.b}` is the
/// field `b` of the object `a`; `{a|capitalize}` begins with a large letter, the rest small, as
/// Python's `str.capitalize`. `\n` stands for a line break.
///
/// @param text the text
public record Template(String text) {
  private static final Pattern FIELD = Pattern.compile("\\{([\\w.]+)(\\|capitalize)?\\}");

  /// {@return the text with the fields of an object}
  ///
  /// @param json the object
  /// @param place of the object, for messages
  /// @throws SuiteException if a field is missing or no text, number or truth value
  String fill(JsonNode json, String place) throws SuiteException {
    Matcher matcher = FIELD.matcher(text.replace("\\n", "\n"));
    var filled = new StringBuilder();
    while (matcher.find()) {
      String value = scalar(field(json, matcher.group(1), place), matcher.group(1), place);
      boolean capitalized = matcher.group(2) != null && !value.isEmpty();
      if (capitalized) {
        value =
            value.substring(0, 1).toUpperCase(Locale.ROOT)
                + value.substring(1).toLowerCase(Locale.ROOT);
      }
      matcher.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(filled).toString();
  }

  /// {@return the field of an object that a path names}
  ///
  /// @param json the object
  /// @param path names with dots between them
  /// @param place of the object, for messages
  /// @throws SuiteException if it is missing
  static JsonNode field(JsonNode json, String path, String place) throws SuiteException {
    JsonNode found = json;
    for (String name : path.split("\\.", -1)) {
      found = found.path(name);
    }
    if (found.isMissingNode() || found.isNull()) {
      throw new SuiteException(
          "%s: field \"%s\": expected a value, found none".formatted(place, path));
    }
    return found;
  }

  private static String scalar(JsonNode value, String path, String place) throws SuiteException {
    if (!value.isValueNode()) {
      throw new SuiteException(
          "%s: field \"%s\": expected a text, found a list or an object".formatted(place, path));
    }
    return value.asString();
  }
}
