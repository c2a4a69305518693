package ai.hartonomous.platform.market;

import ai.hartonomous.platform.market.Listing.Cost;
import ai.hartonomous.platform.market.Listing.State;
import ai.hartonomous.platform.money.Offers;
import ai.hartonomous.platform.money.Offers.PriceVersion;
import ai.hartonomous.platform.money.Rates;
import ai.hartonomous.platform.web.Problem;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Prices of listings.
@Service
class Pricing {

  private final Offers offers;
  private final ListingRows rows;

  Pricing(Offers offers, ListingRows rows) {
    this.offers = offers;
    this.rows = rows;
  }

  /// {@return all versions of the price of a listing, the first first}
  List<PriceVersion> all(UUID listing) {
    return offers.prices(listing);
  }

  /// Changes the price of a listing of the user, for periods and subscriptions that begin later.
  ///
  /// @throws ai.hartonomous.platform.web.ProblemException with status 409 if it is no longer
  ///   offered, 422 if its licence allows no price
  @Transactional
  PriceVersion change(Listing listing, Rates rates) {
    if (listing.state() != State.LISTED) {
      throw Problem.conflict("The listing is no longer offered.");
    }
    String currency = listing.cost().currency();
    BigDecimal reference = rates.reference(currency);
    if (!rates.isFree()) {
      Admission.requireSale(listing.licence());
    }
    PriceVersion changed = offers.change(listing.id(), rates);
    rows.price(listing.id(), new Cost(currency, reference));
    return changed;
  }
}
