package ai.hartonomous.platform.query;

import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What to look near to: exactly one of component, embedding, vector and capability.
///
/// @param componentId a component that was embedded
/// @param embeddingId an embedding, such as that of a feature
/// @param vector 1,536 numbers
/// @param capability name of a suite that was embedded; needs `modelId`
/// @param modelId the model that read the suite
record Near(
    @Nullable UUID componentId,
    @Nullable UUID embeddingId,
    float @Nullable [] vector,
    @Nullable @Size(min = 1, max = 100) String capability,
    @Nullable UUID modelId) {}
