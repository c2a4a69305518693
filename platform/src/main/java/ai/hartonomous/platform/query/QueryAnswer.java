package ai.hartonomous.platform.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a query found.
///
/// @param type what it looked at
/// @param items models, or components with how near they are or how they respond
/// @param next value for `cursor` that continues the list, or null at its end
record QueryAnswer(QueryType type, List<?> items, @Nullable String next) {}
