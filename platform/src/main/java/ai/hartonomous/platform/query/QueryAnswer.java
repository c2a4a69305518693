package ai.hartonomous.platform.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a query found.
///
/// @param type what it looked at
/// @param items models, components with how near they are or how they respond, features with how
///   far they are, or paths
/// @param next value for `cursor` that continues the list, or null at its end
/// @param graph of type `graph`: what belongs to the items; null otherwise
record QueryAnswer(
    QueryType type, List<?> items, @Nullable String next, @Nullable Connections graph) {

  QueryAnswer(QueryType type, List<?> items, @Nullable String next) {
    this(type, items, next, null);
  }
}
