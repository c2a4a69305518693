package ai.hartonomous.platform.market;

import ai.hartonomous.platform.market.AccessRequests.AccessRequest;
import ai.hartonomous.platform.market.Catalogue.Shown;
import ai.hartonomous.platform.market.Listing.Access;
import ai.hartonomous.platform.money.Charge;
import ai.hartonomous.platform.money.Offers.PriceVersion;
import ai.hartonomous.platform.money.Rates;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What the API shows of the marketplace.
final class Views {

  private Views() {}

  /// A listing.
  ///
  /// @param id its id, by which its agent may be asked too
  /// @param publisher name of the publisher
  /// @param publisherName the same in words
  /// @param verified whether an administrator knows who that is
  /// @param name of the agent
  /// @param version counts from 1
  /// @param model what requests of subscribers call it
  /// @param title one line of the publisher
  /// @param summary a few lines of the publisher
  /// @param card all the rest that the publisher says, Markdown; left out in lists
  /// @param figures what was measured, from the manifest
  /// @param manifestSha256 hash of the manifest
  /// @param licence under which it is passed on
  /// @param access who may see it
  /// @param state whether it is offered
  /// @param reason why it no longer is; left out while it is
  /// @param currency ISO 4217
  /// @param referencePrice what a million tokens in, a million out and a thousand requests of one
  ///   month cost by the latest price, a decimal
  /// @param charges the latest price of each item; left out in lists
  /// @param minimum least price of a whole month; left out in lists, and if there is none
  /// @param rating mean of the ratings, one digit after the point; left out without reviews
  /// @param reviews how many there are
  /// @param created when it was published
  record ListingView(
      UUID id,
      String publisher,
      String publisherName,
      boolean verified,
      String name,
      int version,
      String model,
      String title,
      String summary,
      @Nullable String card,
      Figures figures,
      String manifestSha256,
      String licence,
      Access access,
      Listing.State state,
      @Nullable String reason,
      String currency,
      String referencePrice,
      @Nullable List<Charge> charges,
      @Nullable BigDecimal minimum,
      @Nullable Double rating,
      long reviews,
      Instant created) {

    /// {@return a listing in a list}
    static ListingView of(Shown shown) {
      return of(shown, null, null);
    }

    /// {@return a listing with all that is said about it}
    static ListingView of(Shown shown, PriceVersion price) {
      return of(shown, shown.listing().text().card(), price.rates());
    }

    private static ListingView of(Shown shown, @Nullable String card, @Nullable Rates rates) {
      Listing listing = shown.listing();
      return new ListingView(
          listing.id(),
          listing.publisher(),
          shown.publisher().name(),
          shown.publisher().verified(),
          listing.name(),
          listing.version(),
          listing.model(),
          listing.text().title(),
          listing.text().summary(),
          card,
          listing.figures(),
          listing.manifestHash(),
          listing.licence(),
          listing.access(),
          listing.state(),
          listing.reason().isEmpty() ? null : listing.reason(),
          listing.cost().currency(),
          listing.cost().reference().stripTrailingZeros().toPlainString(),
          rates == null ? null : rates.charges(),
          rates == null ? null : rates.minimum(),
          mean(shown.stars(), shown.reviews()),
          shown.reviews(),
          listing.created());
    }
  }

  private static @Nullable Double mean(long stars, long reviews) {
    return reviews == 0
        ? null
        : BigDecimal.valueOf(stars)
            .divide(BigDecimal.valueOf(reviews), 1, RoundingMode.HALF_UP)
            .doubleValue();
  }

  /// A version of a price.
  ///
  /// @param version counts from 1
  /// @param created months that begin after this moment have it, and who subscribes after it
  /// @param currency ISO 4217
  /// @param charges price of each item
  /// @param minimum least price of a whole month; left out if there is none
  record PriceView(
      int version,
      Instant created,
      String currency,
      List<Charge> charges,
      @Nullable BigDecimal minimum) {

    static PriceView of(PriceVersion price) {
      return new PriceView(
          price.version(),
          price.created(),
          price.currency(),
          price.rates().charges(),
          price.rates().minimum());
    }
  }

  /// A request to be let in.
  ///
  /// @param id its id
  /// @param tenant who asks; left out where that is the user
  /// @param publisher who is asked
  /// @param name of the listing, all its versions
  /// @param message what the tenant says
  /// @param state how it stands
  /// @param created when it was made
  record RequestView(
      UUID id,
      @Nullable String tenant,
      String publisher,
      String name,
      String message,
      AccessRequests.State state,
      Instant created) {

    /// {@return a request as who asks sees it}
    static RequestView own(AccessRequest request) {
      return of(request, null);
    }

    /// {@return a request as who is asked sees it}
    static RequestView asked(AccessRequest request) {
      return of(request, request.tenant());
    }

    private static RequestView of(AccessRequest request, @Nullable String tenant) {
      return new RequestView(
          request.id(),
          tenant,
          request.publisher(),
          request.name(),
          request.message(),
          request.state(),
          request.created());
    }
  }
}
