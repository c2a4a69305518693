package ai.hartonomous.platform.query;

import ai.hartonomous.platform.vector.Precision;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A query as the API takes it. Which fields it has follows from its type.
///
/// @param type what it looks at
/// @param filters conditions on models, all of which must hold; also narrows down where the other
///   types look
/// @param sort order of models; by import if null
/// @param near of type `vector`: what to look near to
/// @param text of type `text`: the text
/// @param modelId of type `text`: the model that reads it
/// @param mode of type `text`: how components are found; `probe` if null
/// @param graph of type `graph`: where in the graph to look
/// @param where of types `vector`, `text` and `graph`: which parts of models to find
/// @param precision of types `vector` and `text`: `fast` if null
/// @param limit most items; 50 models or 10 others if null
/// @param cursor of types `metadata` and `graph`: where the page before ended
record ModelQuery(
    @NotNull QueryType type,
    @Nullable @Size(max = 20) List<@NotNull @Valid Condition> filters,
    @Nullable @Valid SortKey sort,
    @Nullable @Valid Near near,
    @Nullable @Size(min = 1, max = 8192) String text,
    @Nullable UUID modelId,
    @Nullable TextMode mode,
    @Nullable @Valid InGraph graph,
    @Nullable @Valid Where where,
    @Nullable Precision precision,
    @Nullable @Min(1) @Max(500) Integer limit,
    @Nullable @Size(max = 2000) String cursor) {

  List<Condition> conditions() {
    return Objects.requireNonNullElse(filters, List.of());
  }

  Where place() {
    return Objects.requireNonNullElse(where, Where.ANYWHERE);
  }

  Precision care() {
    return Objects.requireNonNullElse(precision, Precision.FAST);
  }

  int most(int usual) {
    return Objects.requireNonNullElse(limit, usual);
  }
}
