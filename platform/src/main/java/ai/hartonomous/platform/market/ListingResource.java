package ai.hartonomous.platform.market;

import ai.hartonomous.platform.market.Catalogue.Facet;
import ai.hartonomous.platform.market.Catalogue.Shown;
import ai.hartonomous.platform.market.Listing.Access;
import ai.hartonomous.platform.market.Listing.Text;
import ai.hartonomous.platform.market.Publishing.Order;
import ai.hartonomous.platform.market.Views.ListingView;
import ai.hartonomous.platform.market.Views.PriceView;
import ai.hartonomous.platform.metering.Charging;
import ai.hartonomous.platform.money.Charge;
import ai.hartonomous.platform.money.Rates;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/market/listings`: versions of agents are offered, found and taken down.
@RestController
@Tag(name = "Marketplace")
@RequestMapping("/v1/market")
class ListingResource {

  private static final int MOST_FACETS = 500;

  private final Publishing publishing;
  private final Catalogue catalogue;
  private final Pricing pricing;
  private final Takedown takedown;
  private final Charging charging;

  ListingResource(
      Publishing publishing,
      Catalogue catalogue,
      Pricing pricing,
      Takedown takedown,
      Charging charging) {
    this.publishing = publishing;
    this.catalogue = catalogue;
    this.pricing = pricing;
    this.takedown = takedown;
    this.charging = charging;
  }

  /// A price.
  ///
  /// @param currency ISO 4217
  /// @param charges price of each item, as in plans; what is not named costs nothing
  /// @param minimum least price of a month, used or not, in whole cents; none if null
  record NewPrice(
      @NotNull @Pattern(regexp = "[A-Z]{3}") String currency,
      @Valid @NotNull @Size(max = 4) List<@NotNull Charge> charges,
      @PositiveOrZero @Digits(integer = 9, fraction = 3) @Nullable BigDecimal minimum) {}

  /// A version of an agent to be offered.
  ///
  /// @param agentId the agent
  /// @param name of the listing; published again with another agent, it has another version
  /// @param title one line
  /// @param summary a few lines; none if null
  /// @param card all the rest, Markdown; the agent's own model card if null
  /// @param access `open`, the usual, or `gated`: seen by who was let in
  /// @param price what it costs
  record NewListing(
      @NotNull UUID agentId,
      @NotNull @Pattern(regexp = "[a-z0-9][a-z0-9-]{0,49}") String name,
      @NotNull @Size(min = 1, max = 100) @Pattern(regexp = "\\P{Cntrl}*") String title,
      @Size(max = 500) @Nullable String summary,
      @Size(max = 50_000) @Nullable String card,
      @Nullable Access access,
      @Valid @NotNull NewPrice price) {

    Order order() {
      return new Order(
          agentId,
          name,
          new Text(
              title, Objects.requireNonNullElse(summary, ""), Objects.requireNonNullElse(card, "")),
          Objects.requireNonNullElse(access, Access.OPEN),
          price.currency(),
          new Rates(price.charges(), price.minimum()));
    }
  }

  @Operation(
      operationId = "publishListing",
      summary = "Offer a version of an agent to others",
      description =
          "The hashes of its manifest must hold, what it was asked to keep must be kept, and the"
              + " licences of all its sources must permit it.")
  @ApiResponse(responseCode = "201", description = "Published", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "No such agent of this user")
  @ApiResponse(responseCode = "409", description = "This very agent is published already")
  @ApiResponse(responseCode = "422", description = "It may not be published; the detail says why")
  @PostMapping("/listings")
  ResponseEntity<ListingView> publish(@Valid @RequestBody NewListing wanted) throws IOException {
    UUID id = publishing.publish(wanted.order());
    return ResponseEntity.created(URI.create("/v1/market/listings/" + id)).body(view(seen(id)));
  }

  @Operation(
      operationId = "searchListings",
      summary = "Listings that the user may subscribe to",
      description = "The newest version of each name, in the order of their names.")
  @GetMapping("/listings")
  Page<ListingView> search(
      @ParameterObject Search search,
      @RequestParam @Nullable String cursor,
      @RequestParam(defaultValue = "50") int limit) {
    List<Shown> found =
        catalogue.search(
            viewer(), search.checked(), Search.Place.after(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(
        found,
        limit,
        ListingView::of,
        it -> new Search.Place(it.listing().publisher(), it.listing().name()));
  }

  @Operation(
      operationId = "listFacets",
      summary = "Properties of the listings that a search finds, and how many have them")
  @GetMapping("/facets")
  Page<Facet> facets(@ParameterObject Search search) {
    return new Page<>(catalogue.facets(viewer(), search.checked(), MOST_FACETS), null);
  }

  @Operation(operationId = "getListing", summary = "One listing with card, figures and price")
  @GetMapping("/listings/{id}")
  ListingView get(@PathVariable UUID id) {
    return view(seen(id));
  }

  @Operation(
      operationId = "takeDownListing",
      summary = "Offer a listing no longer",
      description = "Who is subscribed may ask it until the end of the running month.")
  @DeleteMapping("/listings/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void takeDown(@PathVariable UUID id) {
    takedown.of(own(id).listing(), Takedown.By.PUBLISHER, "taken down by its publisher");
  }

  @Operation(
      operationId = "relistListing",
      summary = "Offer a listing again that was taken down",
      description = "Subscriptions that ended with the takedown stay ended.")
  @ApiResponse(responseCode = "200", description = "The listing", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "409", description = "An administrator took it down")
  @PostMapping("/listings/{id}/relisting")
  ListingView relist(@PathVariable UUID id) {
    takedown.relist(own(id).listing());
    return view(seen(id));
  }

  /// Another price.
  ///
  /// @param charges price of each item; what is not named costs nothing
  /// @param minimum least price of a month, used or not, in whole cents; none if null
  record NewCharges(
      @Valid @NotNull @Size(max = 4) List<@NotNull Charge> charges,
      @PositiveOrZero @Digits(integer = 9, fraction = 3) @Nullable BigDecimal minimum) {}

  @Operation(
      operationId = "changePrice",
      summary = "Change the price of a listing",
      description =
          "For who subscribes from now on, and for months that begin from now on. A running month"
              + " keeps the price that it began with.")
  @PostMapping("/listings/{id}/prices")
  @ResponseStatus(HttpStatus.CREATED)
  PriceView price(@PathVariable UUID id, @Valid @RequestBody NewCharges wanted) {
    var rates = new Rates(wanted.charges(), wanted.minimum());
    return PriceView.of(pricing.change(own(id).listing(), rates));
  }

  @Operation(operationId = "listPrices", summary = "All versions of a listing's price")
  @GetMapping("/listings/{id}/prices")
  Page<PriceView> prices(@PathVariable UUID id) {
    var all = pricing.all(seen(id).listing().id());
    return new Page<>(all.stream().map(PriceView::of).toList(), null);
  }

  private Viewer viewer() {
    return Viewer.current(charging);
  }

  private Shown seen(UUID id) {
    return catalogue.seen(viewer(), id).orElseThrow(() -> Problem.notFound("listing", id));
  }

  private Shown own(UUID id) {
    Viewer viewer = viewer();
    return catalogue
        .seen(viewer, id)
        .filter(it -> it.listing().seller().equals(viewer.user()))
        .orElseThrow(() -> Problem.notFound("listing", id));
  }

  private ListingView view(Shown shown) {
    return ListingView.of(shown, pricing.all(shown.listing().id()).getLast());
  }
}
