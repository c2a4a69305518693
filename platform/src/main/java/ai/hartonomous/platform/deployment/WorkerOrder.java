package ai.hartonomous.platform.deployment;

import ai.hartonomous.model.checkpoint.ServingFormat;
import java.nio.file.Path;
import java.util.UUID;

/// What a worker is told when it starts: the first line of its standard input, which only its
/// parent can write. The stream stays open for as long as the parent lives.
///
/// @param key what requests must bring as bearer token; good for this process alone
/// @param agent id of the agent
/// @param folder a packed agent, of one source or several
/// @param threads how many compute
/// @param memoryBytes most memory for weights and for what the agent has read
/// @param weights number format of the weights in memory
/// @param probes where the agent's responses to the probe texts are kept
public record WorkerOrder(
    String key,
    UUID agent,
    Path folder,
    int threads,
    long memoryBytes,
    ServingFormat weights,
    Path probes) {

  /// {@return the order without the key}
  @Override
  public String toString() {
    return "WorkerOrder[agent=%s, folder=%s]".formatted(agent, folder);
  }
}
