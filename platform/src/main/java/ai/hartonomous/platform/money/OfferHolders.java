package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.Charging.Period;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Knows who is subscribed to what is sold. Months are billed by it where a price has a minimum.
public interface OfferHolders {

  /// {@return what a tenant was subscribed to in a period, in an order that is the same each time;
  /// one that ended and began anew is there twice}
  ///
  /// @param tenant who pays
  /// @param period of the tenant's calendar
  List<Holding> held(String tenant, Period period);

  /// A subscription.
  ///
  /// @param offer what is sold
  /// @param begins from when on
  /// @param ends until when, or null while nobody ended it
  record Holding(UUID offer, Instant begins, @Nullable Instant ends) {}
}
