package ai.hartonomous.platform.agent;

import java.util.UUID;

/// An agent is being stored or removed, in the current transaction.
///
/// @param agentId the agent
public record AgentChanged(UUID agentId) {}
