package ai.hartonomous.platform.vector;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An embedding that was found.
///
/// @param embeddingId the embedding
/// @param modelId the model
/// @param kind what it is of
/// @param path its name in its source, such as `layers.3.heads.5`
/// @param layer from 0, or null where it has none
/// @param componentId the component, or null where it has none
/// @param sourceId where it comes from: the model, transcoders or a suite
/// @param cosine with what was looked for, -1 to 1
public record Neighbour(
    UUID embeddingId,
    UUID modelId,
    EmbeddingKind kind,
    String path,
    @Nullable Integer layer,
    @Nullable UUID componentId,
    UUID sourceId,
    double cosine) {}
