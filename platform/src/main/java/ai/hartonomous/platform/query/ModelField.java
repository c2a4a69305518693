package ai.hartonomous.platform.query;

import ai.hartonomous.platform.web.Problem;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What models are filtered and sorted by. Only what stands here comes into a statement; paths into
/// documents and values are its parameters.
sealed interface ModelField {

  /// A column.
  ///
  /// @param attribute of the entity
  /// @param type of its values
  record Column(String attribute, Class<?> type) implements ModelField {}

  /// A place in a document.
  ///
  /// @param document attribute of the entity that holds it
  /// @param path names of fields with dots between them
  record InDocument(String document, String path) implements ModelField {}

  /// Places of `architecture` whose values are columns too, which have indexes and need no reading
  /// of documents. An import writes both from one value.
  Map<String, String> COPIED =
      Map.of("model_type", "modelType", "family", "family", "layers", "layers");

  /// {@return the column that holds what stands at a place, if there is one that compares with
  /// values alike; else the field itself}
  ///
  /// @param field a column, or a place
  /// @param value what it is compared with, a list for any of them
  static ModelField cheapest(ModelField field, @Nullable Object value) {
    if (!(field instanceof InDocument(String document, String path))
        || !document.equals("architecture")) {
      return field;
    }
    Column copy = COLUMNS.get(COPIED.getOrDefault(path, ""));
    List<?> values = value instanceof List<?> list ? list : Collections.singletonList(value);
    return copy != null && values.stream().allMatch(copy.type()::isInstance) ? copy : field;
  }

  /// Names of the columns, as models show them.
  Map<String, Column> COLUMNS =
      Stream.of(
              new Column("name", String.class),
              new Column("modelType", String.class),
              new Column("framework", String.class),
              new Column("family", String.class),
              new Column("format", String.class),
              new Column("dtype", String.class),
              new Column("contentHash", String.class),
              new Column("licence", String.class),
              new Column("layers", Integer.class),
              new Column("components", Integer.class),
              new Column("parameters", Long.class),
              new Column("sizeBytes", Long.class),
              new Column("created", Instant.class))
          .collect(Collectors.toUnmodifiableMap(Column::attribute, column -> column));

  /// A document, then one to six names of fields.
  Pattern IN_DOCUMENT =
      Pattern.compile(
          "(architecture|hyperparameters|trainingConfig|trainingMetrics|config|generationConfig|card)"
              + "\\.([A-Za-z_][A-Za-z0-9_-]{0,63}(?:\\.[A-Za-z_][A-Za-z0-9_-]{0,63}){0,5})");

  /// {@return the field that a path names}
  ///
  /// @param at field of the request, for the error
  /// @param path the path
  /// @throws ai.hartonomous.platform.web.ProblemException if there is none
  static ModelField of(String at, String path) {
    Column column = COLUMNS.get(path);
    if (column != null) {
      return column;
    }
    var matcher = IN_DOCUMENT.matcher(path);
    if (matcher.matches()) {
      return new InDocument(matcher.group(1), matcher.group(2));
    }
    throw Problem.invalid(at, "is neither a field of models nor a path into their documents");
  }

  /// {@return a value as the column has it}
  ///
  /// @param at field of the request, for the error
  /// @param type of the column
  /// @param value as it came
  /// @throws ai.hartonomous.platform.web.ProblemException if it is of another type
  static Object value(String at, Class<?> type, @Nullable Object value) {
    if (type == String.class && value instanceof String text) {
      return text;
    }
    if (type == Double.class && value instanceof Number number) {
      return number.doubleValue();
    }
    if (type == Long.class && (value instanceof Integer || value instanceof Long)) {
      return ((Number) value).longValue();
    }
    if (type == Integer.class && value instanceof Integer number) {
      return number;
    }
    if (type == Instant.class && value instanceof String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException _) {
        throw Problem.invalid(at, "is not a time such as 2026-01-31T12:00:00Z");
      }
    }
    throw Problem.invalid(at, "must be " + named(type));
  }

  private static String named(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "String" -> "a text";
      case "Double" -> "a number";
      case "Instant" -> "a time";
      default -> "a whole number";
    };
  }
}
