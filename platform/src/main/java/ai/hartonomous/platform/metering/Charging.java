package ai.hartonomous.platform.metering;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/// What metering asks of those who charge. All but {@link #tenant} run inside the transaction that
/// reserves or settles a call, so that both happen or neither.
public interface Charging {

  /// {@return who pays for a user}
  ///
  /// @param user any user
  String tenant(String user);

  /// {@return the period of a tenant's calendar in which a moment lies}
  ///
  /// @param tenant who pays
  /// @param moment any moment
  Period period(String tenant, Instant moment);

  /// {@return when the day or month of a tenant's budgets began in which a moment lies: not always
  /// that of {@link #period}, for the one in which a tenant gets its calendar does not begin anew}
  ///
  /// @param tenant who pays
  /// @param unit days or months
  /// @param moment any moment
  Instant begins(String tenant, ChronoUnit unit, Instant moment);

  /// A period that is billed at once.
  ///
  /// @param begins its first moment
  /// @param ends the first moment after it
  record Period(Instant begins, Instant ends) {}

  /// {@return whether an agent has a price of its own, so that a tenant's use of it is counted
  /// apart from all other use}
  ///
  /// @param agent id of the agent
  boolean isOffered(UUID agent);

  /// {@return the most that a use can cost whatever was used before, or nothing if the prices set
  /// no such bound}
  ///
  /// @param tenant who pays
  /// @param agent who answers
  /// @param period when
  /// @param use what is used at most
  Optional<BigDecimal> most(String tenant, UUID agent, Period period, Use use);

  /// Holds what a call may cost at most, where the tenant pays before.
  ///
  /// @param tenant who pays
  /// @param user who calls
  /// @param call its reservation
  /// @param period when
  /// @param most what it costs at most, or nothing if that is not known
  /// @throws ai.hartonomous.platform.web.ProblemException with status 402 if there is not as much
  void hold(String tenant, String user, UUID call, Period period, Optional<BigDecimal> most);

  /// Takes the price of a call, first from what is held for it, where the tenant pays before.
  ///
  /// @param tenant who pays
  /// @param call its reservation
  /// @param period with which it is billed
  /// @param price what it costs
  /// @return false if nothing is held for it any more and there is not as much
  boolean take(String tenant, UUID call, Period period, Price price);

  /// Gives back what was held for a call.
  ///
  /// @param call its reservation
  void release(UUID call);

  /// {@return what a use adds to the price of a period}
  ///
  /// @param tenant who pays
  /// @param agent who answered
  /// @param period when
  /// @param before what was used in it before: of this agent, if it {@link #isOffered}, else of all
  ///   that are not
  /// @param use what comes to it
  Price price(String tenant, UUID agent, Period period, Use before, Use use);

  /// An amount of money. Of a price with discounts on the whole it may be below 0.
  ///
  /// @param amount at most 12 digits after the point
  /// @param currency ISO 4217
  record Price(BigDecimal amount, String currency) {}
}
