package ai.hartonomous.platform.market;

import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.market.Listing.State;
import ai.hartonomous.platform.market.SubscriptionRows.Held;
import ai.hartonomous.platform.web.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/// Takes listings down: nobody subscribes to them any more. Who is subscribed keeps the agent until
/// the end of the running month if the publisher does it, and loses it at once if an administrator
/// does. What was charged stays charged. Publishers offer again what they took down themselves, and
/// what an administrator took down when an administrator has lifted that.
@Service
class Takedown {

  private final ListingRows rows;
  private final SubscriptionRows holders;
  private final Subscriptions subscriptions;
  private final Audit audit;
  private final TransactionTemplate transaction;

  Takedown(
      ListingRows rows,
      SubscriptionRows holders,
      Subscriptions subscriptions,
      Audit audit,
      TransactionTemplate transaction) {
    this.rows = rows;
    this.holders = holders;
    this.subscriptions = subscriptions;
    this.audit = audit;
    this.transaction = transaction;
  }

  /// Who takes a listing down.
  enum By {
    /// Who published it.
    PUBLISHER,
    /// An administrator.
    ADMIN
  }

  /// Takes a listing down; one that is down already loses its subscribers by the same rule.
  void of(Listing listing, By by, String reason) {
    List<Held> ended = Objects.requireNonNull(transaction.execute(_ -> end(listing, by, reason)));
    String text = "%s %s: %s".formatted(listing.model(), listing.id(), reason);
    audit.append(listing.seller(), "listing.takedown", text);
    for (Held held : ended) {
      audit.append(held.tenant(), "subscription.end", text);
    }
  }

  private List<Held> end(Listing listing, By by, String reason) {
    // From here on nobody subscribes.
    if (by == By.ADMIN) {
      var _ = rows.move(listing.id(), List.of(State.values()), State.BARRED, reason);
    } else {
      var _ = rows.move(listing.id(), List.of(State.LISTED), State.TAKEN_DOWN, reason);
    }
    Instant now = Instant.now();
    List<Held> held = holders.holders(listing.id(), now);
    for (Held one : held) {
      if (by == By.ADMIN) {
        holders.end(one.id(), now);
      } else {
        subscriptions.endWithPeriod(one);
      }
    }
    return held;
  }

  /// Offers a listing again, which its publisher had taken down. Subscriptions that ended stay
  /// ended.
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException with status 409 if an administrator took
  ///   it down
  void relist(Listing listing) {
    if (rows.move(listing.id(), List.of(State.TAKEN_DOWN), State.LISTED, "")) {
      audit.append(listing.seller(), "listing.relist", text(listing));
    } else if (rows.is(listing.id(), State.BARRED)) {
      throw Problem.conflict(
          "An administrator took it down; until an administrator lifts that it stays down.");
    }
  }

  /// Lifts what an administrator did: the listing stays down until its publisher offers it again.
  void lift(Listing listing) {
    String reason = "taken down; an administrator has lifted the ban";
    if (rows.move(listing.id(), List.of(State.BARRED), State.TAKEN_DOWN, reason)) {
      audit.append(listing.seller(), "listing.lift", text(listing));
    }
  }

  private static String text(Listing listing) {
    return "%s %s".formatted(listing.model(), listing.id());
  }
}
