package ai.hartonomous.platform.metering;

import ai.hartonomous.platform.metering.Budget.Measure;
import ai.hartonomous.platform.metering.CallRows.Hold;
import ai.hartonomous.platform.metering.CallRows.State;
import ai.hartonomous.platform.metering.CallRows.Stored;
import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.metering.Charging.Price;
import ai.hartonomous.platform.metering.UsageEvent.Outcome;
import ai.hartonomous.platform.tenant.Columns;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Reserves, settles and gives back, each in one transaction. All of them change rows in the same
/// order: the call, budgets by their ids, the wallet when it holds, the end of the log, the wallet
/// when it pays.
@Component
class Reservations {

  private static final Logger LOG = LoggerFactory.getLogger(Reservations.class);
  private static final int TRIES = 20;

  private final CallRows calls;
  private final BudgetRows budgets;
  private final UsageRows usage;
  private final OfferUse offers;
  private final Charging charging;
  private final TransactionTemplate transaction;

  Reservations(
      CallRows calls,
      BudgetRows budgets,
      UsageRows usage,
      OfferUse offers,
      Charging charging,
      TransactionTemplate transaction) {
    this.calls = calls;
    this.budgets = budgets;
    this.usage = usage;
    this.offers = offers;
    this.charging = charging;
    this.transaction = transaction;
  }

  /// Reserves what a call may take at most.
  ///
  /// @throws ProblemException with status 402 if a budget or the wallet does not have it, 409 if
  ///   the call was charged so long ago that nothing but its entry in the log is left
  /// @throws org.springframework.dao.DuplicateKeyException if the user has a call with this key
  void hold(Stored call, String node, Use most) {
    // Before the transaction: what makes rows in one of its own must not wait for a connection
    // while it holds another.
    List<Bound> bounds =
        budgets.bounding(call.user(), call.tenant(), call.keyId()).stream()
            .map(it -> new Bound(it, use(call, it)))
            .toList();
    retrying(
        () ->
            transaction.execute(
                _ -> {
                  calls.insert(call, node);
                  if (usage.find(call.user(), call.key()).isPresent()) {
                    throw answered();
                  }
                  Period period = charging.period(call.tenant(), call.updated());
                  Optional<BigDecimal> price =
                      charging.most(call.tenant(), call.agent().id(), period, most);
                  for (Bound bound : bounds) {
                    hold(call, bound, amount(bound.budget().measure(), most, price));
                  }
                  charging.hold(call.tenant(), call.user(), call.id(), period, price);
                  return true;
                }));
  }

  /// {@return that a call cannot be answered once more}
  static ProblemException answered() {
    return Problem.conflict("The call with this Idempotency-Key was answered and charged.");
  }

  /// A budget and the row of its present period.
  private record Bound(Budget budget, UUID use) {}

  private void hold(Stored call, Bound bound, BigDecimal amount) {
    Budget budget = bound.budget();
    if (!budgets.reserve(bound.use(), amount)) {
      throw new ProblemException(
          Problem.of(
              402,
              "budget-exceeded",
              "The %s budget of the %s for %s does not have what this call may take."
                  .formatted(
                      Words.of(budget.period()),
                      Words.of(budget.scope()),
                      Words.of(budget.measure()))));
    }
    calls.insert(call, new Hold(bound.use(), budget.measure(), amount));
  }

  private UUID use(Stored call, Budget budget) {
    return budgets.use(call.user(), budget.id(), begins(call.tenant(), budget, call.updated()));
  }

  /// {@return when the present period of a budget began}
  Instant begins(String tenant, Budget budget, Instant moment) {
    return switch (budget.period()) {
      case TOTAL -> Instant.EPOCH;
      case DAY -> charging.begins(tenant, ChronoUnit.DAYS, moment);
      case MONTH -> charging.begins(tenant, ChronoUnit.MONTHS, moment);
    };
  }

  private static BigDecimal amount(Measure measure, Use most, Optional<BigDecimal> price) {
    return switch (measure) {
      case REQUESTS -> BigDecimal.valueOf(most.calls());
      case TOKENS -> BigDecimal.valueOf(most.tokens());
      case MONEY ->
          price.orElseThrow(
              () ->
                  Problem.unprocessable(
                      "price-unbounded",
                      "A budget in money needs prices that bound what a call can cost."));
    };
  }

  /// Charges a call for what it took, and adds that to the log.
  ///
  /// @return the new entry, or nothing if the call had been lost to another node and its budgets or
  ///   the wallet no longer have what it took: it is then given away
  Optional<UsageEvent> settle(Stored call, Use use, Outcome outcome) {
    return retrying(
        () ->
            transaction.execute(
                status -> {
                  boolean held = calls.move(call.id(), State.HELD, State.SETTLED);
                  if (!held && !calls.move(call.id(), State.LOST, State.SETTLED)) {
                    throw new IllegalStateException("the call was settled before: " + call.id());
                  }
                  Optional<UsageEvent> event = charge(call, use, outcome, held);
                  if (event.isEmpty()) {
                    status.setRollbackOnly();
                    LOG.warn("call {} cannot be paid any more and is given away", call.id());
                  }
                  return event;
                }));
  }

  private Optional<UsageEvent> charge(Stored call, Use use, Outcome outcome, boolean held) {
    // The end of the log decides the price, so it is locked before budgets in money are settled;
    // those of tokens and requests follow the same order.
    var holds = calls.holds(call.id());
    for (Hold hold : holds) {
      if (hold.measure() != Measure.MONEY && !settle(hold, units(hold.measure(), use), held)) {
        return Optional.empty();
      }
    }
    UsageEvent event = append(call, use, outcome);
    for (Hold hold : holds) {
      BigDecimal price = event.price().amount().max(BigDecimal.ZERO);
      if (hold.measure() == Measure.MONEY && !settle(hold, price, held)) {
        return Optional.empty();
      }
    }
    calls.forgetHolds(call.id());
    Period period = charging.period(call.tenant(), event.happened());
    boolean paid = charging.take(call.tenant(), call.id(), period, event.price());
    return paid ? Optional.of(event) : Optional.empty();
  }

  private static BigDecimal units(Measure measure, Use use) {
    return BigDecimal.valueOf(measure == Measure.REQUESTS ? use.calls() : use.tokens());
  }

  private boolean settle(Hold hold, BigDecimal spent, boolean held) {
    if (!held) {
      return budgets.spend(hold.use(), spent);
    }
    budgets.settle(hold.use(), hold.amount(), spent);
    return true;
  }

  private UsageEvent append(Stored call, Use use, Outcome outcome) {
    UsageRows.Head head = usage.lock(call.tenant());
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    Instant happened = now.isAfter(head.latest()) ? now : head.latest();
    Period period = charging.period(call.tenant(), happened);
    UUID agent = call.agent().id();
    boolean offered = charging.isOffered(agent);
    Use own = head.useIn(period);
    Use before = offered ? offers.find(call.tenant(), agent, period) : own;
    Price price = charging.price(call.tenant(), agent, period, before, use);
    var event =
        new UsageEvent(
            Columns.id(),
            call.user(),
            call.tenant(),
            head.number() + 1,
            call.key(),
            happened,
            call.agent(),
            call.keyId(),
            outcome,
            use,
            price);
    usage.insert(List.of(event), period);
    if (offered) {
      offers.add(call.tenant(), agent, period, use);
    }
    Use counted = offered ? own : own.plus(use);
    usage.move(
        call.tenant(), new UsageRows.Head(event.number(), happened, period.begins(), counted));
    return event;
  }

  /// Gives back what a call holds; it took nothing.
  void release(Stored call) {
    retrying(
        () ->
            transaction.execute(
                _ -> {
                  if (calls.move(call.id(), State.HELD, State.RELEASED)) {
                    giveBack(call);
                    calls.forgetHolds(call.id());
                  }
                  return true;
                }));
  }

  /// {@return a call of a user}
  Optional<Stored> find(String user, String key) {
    return calls.find(user, key);
  }

  /// Forgets a call that took nothing, so that its key is free again.
  void forget(Stored call) {
    transaction.executeWithoutResult(_ -> calls.forget(call.id()));
  }

  /// {@return the entry of a charged call that may be answered once more}
  Optional<UsageEvent> repeat(Stored call, int most) {
    return calls.repeat(call.id(), most) ? usage.find(call.user(), call.key()) : Optional.empty();
  }

  /// Gives back what a call of a silent node holds.
  ///
  /// @return whether its lease had ended
  boolean reconcile(Stored call, Instant now) {
    return retrying(
        () ->
            transaction.execute(
                _ -> {
                  boolean lost = calls.lose(call.id(), now);
                  if (lost) {
                    giveBack(call);
                  }
                  return lost;
                }));
  }

  private void giveBack(Stored call) {
    for (Hold hold : calls.holds(call.id())) {
      budgets.settle(hold.use(), hold.amount(), BigDecimal.ZERO);
    }
    charging.release(call.id());
  }

  /// Databases let one of several transactions that wait for each other fail.
  private static <T> T retrying(Supplier<? extends T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return Objects.requireNonNull(work.get());
      } catch (PessimisticLockingFailureException e) {
        if (attempt == TRIES) {
          throw e;
        }
        pause(attempt);
      }
    }
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(5L * attempt + 1));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
