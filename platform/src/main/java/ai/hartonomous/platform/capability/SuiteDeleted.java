package ai.hartonomous.platform.capability;

import java.util.UUID;

/// A suite is being deleted, in the current transaction: what was made from it alone goes too.
///
/// @param suiteId the suite
public record SuiteDeleted(UUID suiteId) {}
