package ai.hartonomous.platform.metering;

/// What was used of one agent.
///
/// @param agent who answered
/// @param owner whose agent it is
/// @param use all calls together
public record AgentUse(UsageEvent.Agent agent, String owner, Use use) {}
