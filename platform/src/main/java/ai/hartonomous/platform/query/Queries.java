package ai.hartonomous.platform.query;

import ai.hartonomous.platform.observe.PlatformMetrics;
import ai.hartonomous.platform.query.TextSearches.Found;
import ai.hartonomous.platform.registry.ModelView;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/// Answers queries, and counts those that it answered.
@Service
class Queries {

  /// Where filters name the type of models.
  private static final Set<String> TYPES = Set.of("modelType", "architecture.model_type");

  private final MetadataSearch metadata;
  private final VectorSearches vectors;
  private final TextSearches texts;
  private final GraphSearches graphs;
  private final PlatformMetrics metrics;

  Queries(
      MetadataSearch metadata,
      VectorSearches vectors,
      TextSearches texts,
      GraphSearches graphs,
      PlatformMetrics metrics) {
    this.metadata = metadata;
    this.vectors = vectors;
    this.texts = texts;
    this.graphs = graphs;
    this.metrics = metrics;
  }

  /// {@return what was found}
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException if the query has fields of another type,
  ///   or names what is not there
  QueryAnswer answer(ModelQuery query) throws IOException, InterruptedException {
    QueryAnswer answer = find(query);
    metrics.modelQueried(modelType(query, answer), query.type().name());
    return answer;
  }

  /// {@return the type of models that was asked for, `any` without one; a type of which there is
  /// nothing is not told apart, so that nobody fills the label with words of their own}
  private static String modelType(ModelQuery query, QueryAnswer answer) {
    for (Condition condition : query.conditions()) {
      boolean equal = condition.op() == null || condition.op() == Operator.EQ;
      if (equal && TYPES.contains(condition.path()) && condition.value() instanceof String type) {
        return answer.items().isEmpty() ? "other" : type;
      }
    }
    return "any";
  }

  private QueryAnswer find(ModelQuery query) throws IOException, InterruptedException {
    return switch (query.type()) {
      case METADATA -> {
        refuse(query, "near", query.near());
        refuse(query, "where", query.where());
        refuse(query, "precision", query.precision());
        refuse(query, "graph", query.graph());
        refuseText(query);
        Page<ModelView> page = metadata.search(query);
        yield new QueryAnswer(query.type(), page.items(), page.next());
      }
      case VECTOR -> {
        refuse(query, "graph", query.graph());
        refuseText(query);
        refusePages(query);
        yield new QueryAnswer(query.type(), vectors.near(query), null);
      }
      case TEXT -> {
        refuse(query, "near", query.near());
        refuse(query, "graph", query.graph());
        refusePages(query);
        Found found = texts.find(query);
        yield new QueryAnswer(query.type(), found.items(), null);
      }
      case GRAPH -> {
        refuse(query, "near", query.near());
        refuse(query, "sort", query.sort());
        refuse(query, "precision", query.precision());
        refuseText(query);
        GraphSearches.Found found = graphs.find(query);
        yield new QueryAnswer(query.type(), found.items(), found.next(), found.graph());
      }
    };
  }

  private static void refuseText(ModelQuery query) {
    refuse(query, "text", query.text());
    refuse(query, "modelId", query.modelId());
    refuse(query, "mode", query.mode());
  }

  private static void refusePages(ModelQuery query) {
    refuse(query, "sort", query.sort());
    refuse(query, "cursor", query.cursor());
  }

  private static void refuse(ModelQuery query, String field, @Nullable Object value) {
    if (value != null) {
      throw Problem.invalid(
          field, "is not for a query of type " + query.type().name().toLowerCase(Locale.ROOT));
    }
  }
}
