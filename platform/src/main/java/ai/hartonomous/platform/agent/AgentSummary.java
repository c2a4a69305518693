package ai.hartonomous.platform.agent;

import java.time.Instant;
import java.util.UUID;

/// An agent in a list: without what was asked for and what was measured, which are long.
///
/// @param id its id
/// @param name what its owner calls it
/// @param domain what it is for
/// @param components heads and neurons
/// @param parameters trainable numbers
/// @param sizeBytes all its files together
/// @param jobId the job that made it
/// @param created when it was made
record AgentSummary(
    UUID id,
    String name,
    String domain,
    int components,
    long parameters,
    long sizeBytes,
    UUID jobId,
    Instant created) {}
