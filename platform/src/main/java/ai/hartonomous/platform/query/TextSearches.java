package ai.hartonomous.platform.query;

import ai.hartonomous.platform.analysis.PromptReader;
import ai.hartonomous.platform.analysis.PromptReader.Reading;
import ai.hartonomous.platform.analysis.PromptReader.Responder;
import ai.hartonomous.platform.vector.EmbeddingKind;
import ai.hartonomous.platform.vector.Scope;
import ai.hartonomous.platform.web.Problem;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Finds components by a text: a model reads it, and either its likeness to the probe texts is
/// looked up in the index, or what its components did is told.
@Component
class TextSearches {

  private static final int USUAL = 10;

  private final PromptReader reader;
  private final VectorSearches vectors;

  TextSearches(PromptReader reader, VectorSearches vectors) {
    this.reader = reader;
    this.vectors = vectors;
  }

  /// What was found.
  ///
  /// @param items neighbours or responders
  record Found(List<?> items) {}

  Found find(ModelQuery query) throws IOException, InterruptedException {
    String text = query.text();
    UUID modelId = query.modelId();
    if (text == null || text.isBlank()) {
      throw Problem.invalid("text", "is needed for a query of type text");
    }
    if (modelId == null) {
      throw Problem.invalid("modelId", "is needed: the model that reads the text");
    }
    if (query.mode() == TextMode.RESPOND) {
      refuse("filters", query.filters());
      refuse("precision", query.precision());
      return new Found(responders(reader.read(modelId, text), query));
    }
    return new Found(vectors.near(reader.read(modelId, text).embedding(), query));
  }

  private static void refuse(String field, @Nullable Object value) {
    if (value != null) {
      throw Problem.invalid(field, "is not for the mode respond, which looks at one model");
    }
  }

  /// {@return the components that respond most above their usual response, most first}
  private static List<Responder> responders(Reading reading, ModelQuery query) {
    Scope scope = query.place().scope(null);
    return reading.responders().stream()
        .filter(found -> fits(found, scope))
        .sorted(Comparator.comparingDouble((Responder found) -> -found.deviations()))
        .limit(query.most(USUAL))
        .toList();
  }

  private static boolean fits(Responder found, Scope scope) {
    Integer first = scope.firstLayer();
    Integer last = scope.lastLayer();
    return scope.kinds().contains(EmbeddingKind.valueOf(found.kind().name()))
        && (first == null || found.layer() >= first)
        && (last == null || found.layer() <= last);
  }
}
