package ai.hartonomous.platform.registry;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A model as the API shows it.
///
/// @param id its id
/// @param name what its owner calls it
/// @param modelType kind of network: `transformer`
/// @param framework what wrote its weights, such as `pytorch`, or null where it does not say
/// @param family architecture family, such as `llama`
/// @param format format of the checkpoint
/// @param dtype number format of its weights
/// @param architecture what it computes, as JSON
/// @param layers number of layers
/// @param components number of heads and neurons
/// @param parameters number of weights
/// @param sizeBytes all its files together
/// @param contentHash SHA-256 of weights and configuration
/// @param licence as its model card names it, or null
/// @param created when it was imported
public record ModelView(
    UUID id,
    String name,
    String modelType,
    @Nullable String framework,
    String family,
    String format,
    String dtype,
    @JsonRawValue String architecture,
    int layers,
    int components,
    long parameters,
    long sizeBytes,
    String contentHash,
    @Nullable String licence,
    Instant created) {

  /// {@return what is shown of a model}
  ///
  /// @param row the model
  public static ModelView of(ModelRow row) {
    return new ModelView(
        row.getId(),
        row.name,
        row.modelType,
        row.framework,
        row.family,
        row.format,
        row.dtype,
        row.architecture,
        row.layers,
        row.components,
        row.parameters,
        row.sizeBytes,
        row.contentHash,
        row.licence,
        row.created());
  }
}
