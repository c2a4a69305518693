package ai.hartonomous.platform.vector;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An embedding to store.
///
/// @param kind what it is of
/// @param sourceId where it comes from: the model itself, the transcoders of a feature, or the
///   suite of a capability
/// @param path its name in that source, such as `layers.3.heads.5`
/// @param componentId the component of the registry, or null where it has none
/// @param layer from 0, or null where it has none
/// @param vector {@link Embeddings#DIMENSIONS} numbers
public record NewEmbedding(
    EmbeddingKind kind,
    UUID sourceId,
    String path,
    @Nullable UUID componentId,
    @Nullable Integer layer,
    float[] vector) {}
