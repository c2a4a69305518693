package ai.hartonomous.platform.metering;

import java.math.BigDecimal;
import java.util.UUID;

/// How much may be used.
///
/// @param id its id
/// @param scope whose use counts
/// @param subject id of a key, name of a user or name of a tenant
/// @param measure in which unit
/// @param period in which time
/// @param author who set it
/// @param most how much, at least 0
record Budget(
    UUID id,
    Scope scope,
    String subject,
    Measure measure,
    Span period,
    Author author,
    BigDecimal most) {

  /// Whose use counts.
  enum Scope {
    /// What comes with an API key.
    KEY,
    /// All that a user does.
    USER,
    /// All that a tenant pays for.
    TENANT
  }

  /// Unit.
  enum Measure {
    /// Calls.
    REQUESTS,
    /// Tokens in and out.
    TOKENS,
    /// Money, in the tenant's currency.
    MONEY
  }

  /// Time after which it begins anew, in the tenant's calendar.
  enum Span {
    /// Never.
    TOTAL,
    /// A day.
    DAY,
    /// A month.
    MONTH
  }

  /// Who set it. What an administrator set, the user cannot change.
  enum Author {
    /// The user.
    OWNER,
    /// An administrator.
    ADMIN
  }
}
