package ai.hartonomous.platform.market;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/// A version of an agent that is offered.
///
/// @param id its id, which is that of its agent in the log of usage too
/// @param seller whose it is
/// @param publisher name of the publisher
/// @param name of the agent
/// @param version counts from 1 for each name
/// @param agentId what it was published from
/// @param manifestHash SHA-256 of its manifest
/// @param text what the publisher says about it
/// @param figures what was measured
/// @param licence under which it is passed on
/// @param access who may see it
/// @param state whether it is offered
/// @param reason why it no longer is, or empty
/// @param cost what it costs
/// @param created when it was published
record Listing(
    UUID id,
    String seller,
    String publisher,
    String name,
    int version,
    UUID agentId,
    String manifestHash,
    Text text,
    Figures figures,
    String licence,
    Access access,
    State state,
    String reason,
    Cost cost,
    Instant created) {

  /// What a publisher says about a listing.
  ///
  /// @param title one line
  /// @param summary a few lines
  /// @param card all the rest, Markdown
  record Text(String title, String summary, String card) {}

  /// A price to compare by.
  ///
  /// @param currency ISO 4217
  /// @param reference what a million tokens in, a million out and a thousand requests of one month
  ///   cost
  record Cost(String currency, BigDecimal reference) {}

  /// Who may see a listing.
  enum Access {
    /// Everybody.
    OPEN,
    /// Its publisher, and who was let in.
    GATED
  }

  /// Whether a listing is offered.
  enum State {
    /// It is.
    LISTED,
    /// It is no longer; its publisher may offer it again.
    TAKEN_DOWN,
    /// It is no longer, by the word of an administrator, who alone can change that.
    BARRED
  }

  /// {@return what requests may call it}
  String model() {
    return "%s/%s@%d".formatted(publisher, name, version);
  }
}
