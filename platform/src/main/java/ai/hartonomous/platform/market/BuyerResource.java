package ai.hartonomous.platform.market;

import ai.hartonomous.platform.market.AccessRequests.AccessRequest;
import ai.hartonomous.platform.market.SubscriptionRows.Held;
import ai.hartonomous.platform.market.Views.RequestView;
import ai.hartonomous.platform.metering.Charging;
import ai.hartonomous.platform.money.Charge;
import ai.hartonomous.platform.money.Offers;
import ai.hartonomous.platform.money.Offers.PriceVersion;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/market/subscriptions` and `/v1/market/access`: tenants subscribe to listings, and ask to be
/// let in to gated ones.
@RestController
@Tag(name = "Marketplace")
@RequestMapping("/v1/market")
class BuyerResource {

  private final Subscriptions subscriptions;
  private final SubscriptionRows rows;
  private final Catalogue catalogue;
  private final AccessRequests requests;
  private final Offers offers;
  private final Charging charging;

  BuyerResource(
      Subscriptions subscriptions,
      SubscriptionRows rows,
      Catalogue catalogue,
      AccessRequests requests,
      Offers offers,
      Charging charging) {
    this.subscriptions = subscriptions;
    this.rows = rows;
    this.catalogue = catalogue;
    this.requests = requests;
    this.offers = offers;
    this.charging = charging;
  }

  /// What to subscribe to.
  ///
  /// @param listing id of a listing, `publisher/name@version`, or `publisher/name` for the newest
  record NewSubscription(
      @NotNull @Size(min = 1, max = 120) @Pattern(regexp = "\\P{Cntrl}*") String listing) {}

  /// A subscription.
  ///
  /// @param id its id
  /// @param listingId the listing
  /// @param model what requests call it
  /// @param begins from when on it may be asked
  /// @param ends until when; left out while nobody ended it
  /// @param active whether it may be asked now
  /// @param priceVersion which version of the price the running month has
  /// @param currency ISO 4217
  /// @param charges that price
  /// @param minimum least price of a whole month; left out if there is none
  record SubscriptionView(
      UUID id,
      UUID listingId,
      String model,
      Instant begins,
      @Nullable Instant ends,
      boolean active,
      int priceVersion,
      String currency,
      List<Charge> charges,
      @Nullable BigDecimal minimum) {}

  @Operation(
      operationId = "subscribeListing",
      summary = "Subscribe to a listing at its latest price",
      description =
          "All users that the tenant pays for may ask it then, by `model`. An ended subscription"
              + " that still runs goes on.")
  @ApiResponse(responseCode = "201", description = "Subscribed", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "403", description = "Another one pays for this user")
  @ApiResponse(responseCode = "404", description = "No such listing is offered to this user")
  @ApiResponse(
      responseCode = "409",
      description = "Subscribed already, or the listing is one's own")
  @ApiResponse(responseCode = "422", description = "No account that can pay such a price")
  @PostMapping("/subscriptions")
  @ResponseStatus(HttpStatus.CREATED)
  SubscriptionView subscribe(@Valid @RequestBody NewSubscription wanted) {
    Viewer viewer = Viewer.current(charging);
    var shown = subscriptions.offered(viewer, wanted.listing());
    return view(subscriptions.subscribe(viewer, shown));
  }

  @Operation(operationId = "listSubscriptions", summary = "Subscriptions of who pays for the user")
  @GetMapping("/subscriptions")
  Page<SubscriptionView> list(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    String tenant = Viewer.current(charging).tenant();
    List<Held> found = rows.list(tenant, Page.idAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, this::view, Held::id);
  }

  @Operation(operationId = "getSubscription", summary = "One subscription")
  @GetMapping("/subscriptions/{id}")
  SubscriptionView get(@PathVariable UUID id) {
    String tenant = Viewer.current(charging).tenant();
    return view(rows.find(tenant, id).orElseThrow(() -> Problem.notFound("subscription", id)));
  }

  @Operation(operationId = "endSubscription", summary = "End a subscription with the running month")
  @DeleteMapping("/subscriptions/{id}")
  SubscriptionView end(@PathVariable UUID id) {
    return view(subscriptions.end(Viewer.current(charging), id));
  }

  private SubscriptionView view(Held held) {
    Listing listing = catalogue.any(held.listing()).orElseThrow().listing();
    PriceVersion price = offers.present(held.listing(), held.tenant()).orElseThrow();
    return new SubscriptionView(
        held.id(),
        held.listing(),
        listing.model(),
        held.begins(),
        held.ends(),
        held.isActive(Instant.now()),
        price.version(),
        price.currency(),
        price.rates().charges(),
        price.rates().minimum());
  }

  /// What to be let in to.
  ///
  /// @param publisher who is asked
  /// @param name of the listing, all its versions
  /// @param message why; the publisher reads it
  record NewRequest(
      @NotNull @Pattern(regexp = "[a-z0-9][a-z0-9-]{0,49}") String publisher,
      @NotNull @Pattern(regexp = "[a-z0-9][a-z0-9-]{0,49}") String name,
      @Size(max = 1_000) @Nullable String message) {}

  @Operation(
      operationId = "requestAccess",
      summary = "Ask a publisher to be let in to a gated listing",
      description = "The answer is the same whether there is such a listing or not.")
  @PostMapping("/access")
  @ResponseStatus(HttpStatus.ACCEPTED)
  RequestView ask(@Valid @RequestBody NewRequest wanted) {
    String tenant = Viewer.current(charging).buyer();
    String message = Objects.requireNonNullElse(wanted.message(), "");
    return RequestView.own(requests.ask(tenant, wanted.publisher(), wanted.name(), message));
  }

  @Operation(operationId = "listOwnRequests", summary = "What the user asked to be let in to")
  @GetMapping("/access")
  Page<RequestView> requests(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    String tenant = Viewer.current(charging).tenant();
    List<AccessRequest> found =
        requests.of(tenant, Page.idAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, RequestView::own, AccessRequest::id);
  }
}
