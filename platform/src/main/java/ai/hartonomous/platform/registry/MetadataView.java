package ai.hartonomous.platform.registry;

import com.fasterxml.jackson.annotation.JsonRawValue;
import org.jspecify.annotations.Nullable;

/// The documents about a model as the API shows them. What a checkpoint does not state is null.
///
/// @param architecture what its configuration means to the engine
/// @param hyperparameters as {@link StatedFacts#hyperparameters}
/// @param trainingConfig as {@link StatedFacts#trainingConfig}
/// @param trainingMetrics as {@link StatedFacts#trainingMetrics}
/// @param config its `config.json`
/// @param generationConfig its `generation_config.json`
/// @param card its model card's YAML
record MetadataView(
    @JsonRawValue String architecture,
    @JsonRawValue @Nullable String hyperparameters,
    @JsonRawValue @Nullable String trainingConfig,
    @JsonRawValue @Nullable String trainingMetrics,
    @JsonRawValue @Nullable String config,
    @JsonRawValue @Nullable String generationConfig,
    @JsonRawValue @Nullable String card) {

  static MetadataView of(MetadataRow row) {
    return new MetadataView(
        row.architecture,
        row.hyperparameters,
        row.trainingConfig,
        row.trainingMetrics,
        row.config,
        row.generationConfig,
        row.card);
  }
}
