package ai.hartonomous.platform.query;

import ai.hartonomous.platform.query.ModelField.Column;
import ai.hartonomous.platform.query.ModelField.InDocument;
import ai.hartonomous.platform.web.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Conditions on models as HQL. Its text is put together from what stands in this class and from
/// the names of columns in {@link ModelField}; everything that comes from outside is a parameter.
final class Statement {

  private static final int MOST_VALUES = 100;

  private final List<String> conditions = new ArrayList<>();
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private boolean documents;

  /// {@return the values of its parameters}
  Map<String, Object> parameters() {
    return parameters;
  }

  /// {@return where the rows come from, and which}
  String from() {
    String join = documents ? " left join MetadataRow d on d.modelId = m.id" : "";
    String where = conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
    return " from ModelRow m" + join + where;
  }

  /// Adds a condition whose text is our own.
  void add(String condition) {
    conditions.add(condition);
  }

  /// {@return the name of a new parameter, with its colon}
  String parameter(Object value) {
    String name = "p" + parameters.size();
    parameters.put(name, value);
    return ":" + name;
  }

  /// Adds a condition of a request.
  ///
  /// @param at its place in the request, for errors
  void add(String at, Condition condition) {
    Operator operator = condition.op() == null ? Operator.EQ : condition.op();
    Object value = condition.value();
    ModelField field = ModelField.cheapest(ModelField.of(at + ".path", condition.path()), value);
    String valueAt = at + ".value";
    switch (operator) {
      case EXISTS -> exists(field, valueAt, value);
      case IN -> in(field, valueAt, value);
      case EQ, NE, LT, LE, GT, GE -> {
        Class<?> type = type(field, value);
        String right = parameter(ModelField.value(valueAt, type, plain(field, value)));
        conditions.add("%s %s %s".formatted(expression(field, type), operator.hql(), right));
      }
    }
  }

  private void exists(ModelField field, String at, @Nullable Object value) {
    if (value != null && !(value instanceof Boolean)) {
      throw Problem.invalid(at, "must be true or false");
    }
    boolean there = value == null || (Boolean) value;
    String is = there ? " is not null" : " is null";
    conditions.add(
        switch (field) {
          case Column(String attribute, _) -> "m." + attribute + is;
          case InDocument _ ->
              "(%s%s %s %s%s)"
                  .formatted(
                      expression(field, String.class),
                      is,
                      there ? "or" : "and",
                      expression(field, Double.class),
                      is);
        });
  }

  private void in(ModelField field, String at, @Nullable Object value) {
    if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > MOST_VALUES) {
      throw Problem.invalid(at, "must be a list of 1 to %d values".formatted(MOST_VALUES));
    }
    Class<?> type = type(field, list.getFirst());
    List<Object> values = new ArrayList<>();
    for (Object one : list) {
      values.add(ModelField.value(at, type, plain(field, one)));
    }
    conditions.add("%s in %s".formatted(expression(field, type), parameter(values)));
  }

  /// {@return the type of the comparison: of the column, or of a document's value that is asked
  /// for}
  private static Class<?> type(ModelField field, @Nullable Object value) {
    return switch (field) {
      case Column(_, Class<?> type) -> type;
      case InDocument _ -> value instanceof Number ? Double.class : String.class;
    };
  }

  /// Truth values of documents are compared as text.
  private static @Nullable Object plain(ModelField field, @Nullable Object value) {
    return field instanceof InDocument && value instanceof Boolean ? value.toString() : value;
  }

  /// {@return what a row has there}
  String expression(ModelField field, Class<?> type) {
    return switch (field) {
      case Column(String attribute, _) -> "m." + attribute;
      case InDocument(String document, String path) -> {
        documents = true;
        String function = type == Double.class ? "json_number" : "json_text";
        yield "%s(d.%s, %s)".formatted(function, document, parameter(path));
      }
    };
  }
}
