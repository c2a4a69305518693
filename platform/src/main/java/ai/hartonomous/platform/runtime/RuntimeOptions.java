package ai.hartonomous.platform.runtime;

import ai.hartonomous.model.checkpoint.ServingFormat;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/// How an agent is served.
///
/// @param folder a packed agent, of one source or several
/// @param agent what requests call it
/// @param place where it listens
/// @param limits what it may use
/// @param probes where its responses to the probe texts are kept, or null to write nothing
public record RuntimeOptions(
    Path folder, Agent agent, Place place, Limits limits, @Nullable Path probes) {

  /// As a runtime that writes nothing to the disk.
  ///
  /// @param folder as in the record
  /// @param agent as in the record
  /// @param place as in the record
  /// @param limits as in the record
  public RuntimeOptions(Path folder, Agent agent, Place place, Limits limits) {
    this(folder, agent, place, limits, null);
  }

  /// What requests call the agent.
  ///
  /// @param name its name, or null for the folder's
  /// @param id its id, or null for one that follows from its manifest
  public record Agent(@Nullable String name, @Nullable UUID id) {}

  /// Where the runtime listens.
  ///
  /// @param host name or address of this machine
  /// @param port the port, 0 for a free one
  /// @param key what requests must bring as bearer token, or null where anybody may ask
  public record Place(String host, int port, @Nullable String key) {

    /// {@return the place without the key}
    @Override
    public String toString() {
      return "%s:%d".formatted(host, port);
    }
  }

  /// What the runtime may use.
  ///
  /// @param threads that compute, at least 1
  /// @param memory for weights and for what the agent has read, or null for the usual settings
  /// @param weights number format of the weights in memory
  public record Limits(int threads, @Nullable DataSize memory, ServingFormat weights) {}
}
