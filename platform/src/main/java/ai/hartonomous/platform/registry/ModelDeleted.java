package ai.hartonomous.platform.registry;

import java.util.UUID;

/// A model is being deleted, in the current transaction: what was made from it alone goes too.
///
/// @param modelId the model
public record ModelDeleted(UUID modelId) {}
