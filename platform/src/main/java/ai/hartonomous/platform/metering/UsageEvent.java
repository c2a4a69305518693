package ai.hartonomous.platform.metering;

import ai.hartonomous.platform.metering.Charging.Price;
import java.time.Instant;
import java.util.UUID;

/// One entry of the log of usage.
///
/// @param id its id
/// @param user who called
/// @param tenant who pays
/// @param number place in the tenant's log, from 1 on without gaps
/// @param key what made the call known: SHA-256 in hexadecimal digits
/// @param happened when it ended; never before the entry before
/// @param agent who answered
/// @param keyId id of the API key, or empty without one
/// @param outcome how it ended
/// @param use what it took
/// @param price what it added to the price of its period
public record UsageEvent(
    UUID id,
    String user,
    String tenant,
    long number,
    String key,
    Instant happened,
    Agent agent,
    String keyId,
    Outcome outcome,
    Use use,
    Price price) {

  /// Who answered.
  ///
  /// @param id its id
  /// @param name as the request had it
  public record Agent(UUID id, String name) {}

  /// How a call ended.
  public enum Outcome {
    /// With its whole answer.
    ANSWERED,
    /// Before its end; what was written until then counts.
    ABORTED
  }
}
