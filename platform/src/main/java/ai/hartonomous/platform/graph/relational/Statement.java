package ai.hartonomous.platform.graph.relational;

import ai.hartonomous.platform.graph.Scope;
import ai.hartonomous.platform.graph.Wanted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/// A statement that grows together with its parameters.
final class Statement {

  private final StringBuilder text;
  private final List<Object> parameters = new ArrayList<>();

  Statement(String text) {
    this.text = new StringBuilder(text);
  }

  /// Adds text with a `?` for each value.
  void add(String more, Object... values) {
    text.append(more);
    Collections.addAll(parameters, values);
  }

  /// Adds that a column names a feature of the circuit, where the scope is one.
  void addMembers(String column, Scope scope) {
    if (scope.circuitId() != null) {
      text.append(" and exists (select 1 from graph_member m where m.user_id = ?")
          .append(" and m.circuit_id = ? and m.feature_id = ")
          .append(column)
          .append(')');
      parameters.add(scope.user());
      parameters.add(scope.circuitId());
    }
  }

  /// Adds that a feature of the alias `f` is wanted.
  void addWanted(Wanted wanted) {
    if (!wanted.models().isEmpty()) {
      addIn("f.model_id", wanted.models());
    }
    if (!wanted.kinds().isEmpty()) {
      addIn("f.kind", wanted.kinds().stream().map(Enum::name).toList());
    }
    Integer first = wanted.firstLayer();
    if (first != null) {
      add(" and f.layer >= ?", first);
    }
    Integer last = wanted.lastLayer();
    if (last != null) {
      add(" and f.layer <= ?", last);
    }
  }

  /// Adds that a column is one of some values, at least one.
  void addIn(String column, Collection<?> values) {
    text.append(" and ").append(column).append(" in (");
    text.append(String.join(", ", Collections.nCopies(values.size(), "?"))).append(')');
    parameters.addAll(values);
  }

  String text() {
    return text.toString();
  }

  Object[] parameters() {
    return parameters.toArray();
  }
}
