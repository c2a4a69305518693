package ai.hartonomous.platform.query;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Narrows a search for parts of models down to models that fit the filters of a query.
@Component
class FittingModels {

  private static final int MOST = 1000;

  private final MetadataSearch metadata;

  FittingModels(MetadataSearch metadata) {
    this.metadata = metadata;
  }

  /// {@return the models that fit the filters and where to look, or null without filters}
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException if there are more than 1,000
  @Nullable Set<UUID> of(ModelQuery query) {
    if (query.conditions().isEmpty()) {
      return null;
    }
    Set<UUID> fitting = metadata.ids(query.conditions(), MOST);
    Set<UUID> wanted = query.place().modelIds();
    if (wanted != null) {
      fitting.retainAll(wanted);
    }
    return fitting;
  }
}
