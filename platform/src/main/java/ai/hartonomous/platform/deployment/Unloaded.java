package ai.hartonomous.platform.deployment;

/// An agent is no longer in memory.
///
/// @param agent what it was
public record Unloaded(ServedAgent agent) {}
