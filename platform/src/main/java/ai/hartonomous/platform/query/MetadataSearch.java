package ai.hartonomous.platform.query;

import ai.hartonomous.platform.query.ModelField.Column;
import ai.hartonomous.platform.query.ModelField.InDocument;
import ai.hartonomous.platform.registry.ModelRow;
import ai.hartonomous.platform.registry.ModelView;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Finds models by their columns and documents.
@Component
class MetadataSearch {

  private final EntityManager entities;
  private final JsonMapper json;

  MetadataSearch(EntityManager entities, JsonMapper json) {
    this.entities = entities;
    this.json = json;
  }

  /// Where a page ended.
  ///
  /// @param sort what the list was sorted by
  /// @param value of the last model there, or null where it has none
  /// @param id of the last model
  private record Ended(String sort, @Nullable Object value, UUID id) {}

  /// {@return a page of models}
  @Transactional(readOnly = true)
  Page<ModelView> search(ModelQuery query) {
    int limit = query.most(50);
    Statement statement = statement(query.conditions());
    SortKey sort = query.sort();
    List<Object[]> rows =
        sort == null
            ? byImport(statement, query.cursor(), limit)
            : sorted(statement, sort, query.cursor(), limit);
    boolean more = rows.size() > limit;
    List<Object[]> shown = more ? rows.subList(0, limit) : rows;
    String next = more ? cursor(sort, shown.getLast()) : null;
    return new Page<>(shown.stream().map(row -> ModelView.of((ModelRow) row[0])).toList(), next);
  }

  /// {@return the ids of all models for which the conditions hold}
  ///
  /// @param most a request for more is refused
  @Transactional(readOnly = true)
  Set<UUID> ids(List<Condition> conditions, int most) {
    Statement statement = statement(conditions);
    List<Object[]> rows = run("select m.id, m.name" + statement.from(), statement, most + 1);
    if (rows.size() > most) {
      throw Problem.unprocessable(
          "too-many-models", "More than %d models fit the filters.".formatted(most));
    }
    Set<UUID> ids = new LinkedHashSet<>();
    rows.forEach(row -> ids.add((UUID) row[0]));
    return ids;
  }

  private static Statement statement(List<Condition> conditions) {
    var statement = new Statement();
    for (int i = 0; i < conditions.size(); i++) {
      statement.add("filters[%d]".formatted(i), conditions.get(i));
    }
    return statement;
  }

  private List<Object[]> byImport(Statement statement, @Nullable String cursor, int limit) {
    // Also on the first page, so that the database takes the index in this order and stops early.
    UUID after = cursor == null ? new UUID(0, 0) : ended(cursor, name(null)).id();
    statement.add("m.id > " + statement.parameter(after));
    return run(
        "select m, m.name" + statement.from() + " order by m.userId, m.id", statement, limit + 1);
  }

  private List<Object[]> sorted(
      Statement statement, SortKey sort, @Nullable String cursor, int limit) {
    ModelField field =
        ModelField.cheapest(
            ModelField.of("sort.path", sort.path()), sort.as() == SortKey.As.TEXT ? "" : 0);
    Class<?> type =
        switch (field) {
          case Column(_, Class<?> of) -> of;
          case InDocument _ -> sort.as() == SortKey.As.TEXT ? String.class : Double.class;
        };
    boolean down = sort.order() == SortKey.Order.DESC;
    String by = statement.expression(field, type);
    if (cursor != null) {
      Ended ended = ended(cursor, name(sort));
      statement.add(after(statement, by, down, type, ended));
    }
    String order = " order by %s %s nulls last, m.id".formatted(by, down ? "desc" : "asc");
    return run("select m, " + by + statement.from() + order, statement, limit + 1);
  }

  /// {@return the condition of what comes after the end of a page}
  private static String after(
      Statement statement, String by, boolean down, Class<?> type, Ended ended) {
    String id = statement.parameter(ended.id());
    if (ended.value() == null) {
      return "(%s is null and m.id > %s)".formatted(by, id);
    }
    String value = statement.parameter(ModelField.value("cursor", type, wide(type, ended.value())));
    return "(%1$s %2$s %3$s or %1$s is null or (%1$s = %3$s and m.id > %4$s))"
        .formatted(by, down ? "<" : ">", value, id);
  }

  private static Object wide(Class<?> type, Object value) {
    return type == Double.class && value instanceof String text ? Double.valueOf(text) : value;
  }

  private List<Object[]> run(String hql, Statement statement, int most) {
    Query query = entities.createQuery(hql, Object[].class);
    statement.parameters().forEach(query::setParameter);
    query.setMaxResults(most);
    List<Object[]> rows = new ArrayList<>();
    for (Object row : query.getResultList()) {
      rows.add((Object[]) row);
    }
    return rows;
  }

  private static String name(@Nullable SortKey sort) {
    return sort == null ? "" : "%s %s %s".formatted(sort.path(), sort.order(), sort.as());
  }

  private String cursor(@Nullable SortKey sort, Object[] last) {
    Object value =
        switch (sort == null ? null : last[1]) {
          case null -> null;
          case Double number -> number.toString();
          case Number number -> number;
          case Object other -> other.toString();
        };
    byte[] text =
        json.writeValueAsBytes(new Ended(name(sort), value, ((ModelRow) last[0]).getId()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
  }

  private Ended ended(String cursor, String sort) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      Ended ended = json.readValue(text, Ended.class);
      if (ended.sort().equals(sort) && ended.id() != null) {
        return ended;
      }
    } catch (IllegalArgumentException | JacksonException _) {
      // not a cursor: told below
    }
    throw Problem.invalid("cursor", "is not one that a page of this query named as its next");
  }
}
