package ai.hartonomous.platform.metering;

import ai.hartonomous.platform.metering.Charging.Period;
import ai.hartonomous.platform.metering.UsageEvent.Agent;
import ai.hartonomous.platform.metering.UsageEvent.Outcome;
import ai.hartonomous.platform.tenant.Columns;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// The log of usage, for those who bill it.
@Service
public class UsageLog {

  private final UsageRows rows;
  private final OfferUse offers;
  private final Charging charging;

  UsageLog(UsageRows rows, OfferUse offers, Charging charging) {
    this.rows = rows;
    this.offers = offers;
    this.charging = charging;
  }

  /// Ends a period for good: whatever comes later, on any node, belongs to the next one. Has to run
  /// in the transaction that bills the period.
  ///
  /// @param tenant who pays
  /// @param period the period
  /// @return what was used of each agent in it
  @Transactional
  public List<AgentUse> end(String tenant, Period period) {
    UsageRows.Head head = rows.lock(tenant);
    if (head.latest().isBefore(period.ends())) {
      rows.move(tenant, new UsageRows.Head(head.number(), period.ends(), period.ends(), Use.NONE));
    }
    return rows.byAgent(tenant, period);
  }

  /// Begins to count in a calendar: what was used in its present period, before the tenant had it,
  /// counts for that period.
  ///
  /// @param tenant who pays
  /// @param present the period
  @Transactional
  public void count(String tenant, Period present) {
    UsageRows.Head head = rows.lock(tenant);
    if (!head.begins().equals(present.begins())) {
      Use use =
          rows.byAgent(tenant, present).stream()
              .filter(it -> !charging.isOffered(it.agent().id()))
              .map(AgentUse::use)
              .reduce(Use.NONE, Use::plus);
      rows.move(tenant, new UsageRows.Head(head.number(), head.latest(), present.begins(), use));
    }
  }

  /// Holds the end of a tenant's log until the transaction ends, so that no period of the tenant is
  /// ended meanwhile.
  ///
  /// @param tenant who pays
  /// @return the time, which is of no period that was ended
  @Transactional
  public Instant hold(String tenant) {
    Instant latest = rows.lock(tenant).latest();
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    return now.isAfter(latest) ? now : latest;
  }

  /// {@return whether the log has calls of a tenant, or ends of periods, from a moment on. Holds
  /// the end of the log like {@link #hold}.}
  ///
  /// @param tenant who pays
  /// @param since the moment
  @Transactional
  public boolean hasEntries(String tenant, Instant since) {
    return !rows.lock(tenant).latest().isBefore(since);
  }

  /// A call that was metered elsewhere.
  ///
  /// @param key what makes it known among those of its user
  /// @param happened when it ended; taken as later where the log is later already
  /// @param agent who answered
  /// @param use what it took
  public record Entry(String key, Instant happened, Agent agent, Use use) {}

  /// Adds calls of a user in their order. Those that are there already are passed over, so a list
  /// may be sent again.
  ///
  /// @param user who called
  /// @param entries calls, at most 1,000
  /// @return how many were new
  @Transactional
  public int add(String user, List<Entry> entries) {
    String tenant = charging.tenant(user);
    UsageRows.Head head = rows.lock(tenant);
    Set<String> known = new HashSet<>(rows.known(user, entries.stream().map(Entry::key).toList()));
    int added = 0;
    var batch = new ArrayList<UsageEvent>();
    Period period = charging.period(tenant, head.latest());
    for (Entry entry : entries) {
      if (!known.add(entry.key())) {
        continue;
      }
      Instant happened = entry.happened().isAfter(head.latest()) ? entry.happened() : head.latest();
      if (!happened.isBefore(period.ends()) || batch.isEmpty()) {
        flush(batch, period);
        period = charging.period(tenant, happened);
      }
      var place = new Place(tenant, user, head.number() + 1, happened);
      Use own = head.useIn(period);
      UUID agent = entry.agent().id();
      if (charging.isOffered(agent)) {
        batch.add(event(place, entry, period, offers.find(tenant, agent, period)));
        offers.add(tenant, agent, period, entry.use());
      } else {
        batch.add(event(place, entry, period, own));
        own = own.plus(entry.use());
      }
      head = new UsageRows.Head(place.number(), happened, period.begins(), own);
      added++;
    }
    flush(batch, period);
    rows.move(tenant, head);
    return added;
  }

  /// {@return whether a tenant was charged for a call of an agent that has a price of its own}
  ///
  /// @param tenant who pays
  /// @param agent the agent
  public boolean hasCalled(String tenant, UUID agent) {
    return offers.isUsed(tenant, agent);
  }

  private record Place(String tenant, String user, long number, Instant happened) {}

  private UsageEvent event(Place place, Entry entry, Period period, Use before) {
    return new UsageEvent(
        Columns.id(),
        place.user(),
        place.tenant(),
        place.number(),
        entry.key(),
        place.happened(),
        entry.agent(),
        "",
        Outcome.ANSWERED,
        entry.use(),
        charging.price(place.tenant(), entry.agent().id(), period, before, entry.use()));
  }

  private void flush(List<UsageEvent> batch, Period period) {
    if (!batch.isEmpty()) {
      rows.insert(batch, period);
      batch.clear();
    }
  }
}
