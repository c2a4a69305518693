package ai.hartonomous.platform.deployment;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the responses of agents to the probe texts are kept.
///
/// @param path made when it is first needed, or null where nothing is written to the disk
public record ProbeFolder(@Nullable Path path) {}
