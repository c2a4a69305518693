package ai.hartonomous.platform;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How many requests a user may make in a second, on average and over all nodes: settings below
/// `hartonomous.limits`. 0 lifts a limit.
///
/// @param reads GET below `/v1`
/// @param queries `POST /v1/models/query`
/// @param agents `POST /v1/agents`
/// @param inference `/openai/v1`
/// @param writes everything else
/// @param burst how long a user may save up what was not used
public record LimitSettings(
    @DefaultValue("5000") int reads,
    @DefaultValue("2000") int queries,
    @DefaultValue("200") int agents,
    @DefaultValue("200") int inference,
    @DefaultValue("500") int writes,
    @DefaultValue("2s") Duration burst) {}
