package ai.hartonomous.platform.market;

import ai.hartonomous.platform.market.AccessRequests.AccessRequest;
import ai.hartonomous.platform.market.Publishers.Publisher;
import ai.hartonomous.platform.market.Views.ListingView;
import ai.hartonomous.platform.market.Views.RequestView;
import ai.hartonomous.platform.metering.Charging;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/market/publisher`: what publishers see of their own: name, listings, and who wants to be
/// let in.
@RestController
@Tag(name = "Marketplace")
@RequestMapping("/v1/market/publisher")
class PublisherResource {

  private final Publishers publishers;
  private final Catalogue catalogue;
  private final AccessRequests requests;
  private final Gate gate;
  private final Charging charging;

  PublisherResource(
      Publishers publishers,
      Catalogue catalogue,
      AccessRequests requests,
      Gate gate,
      Charging charging) {
    this.publishers = publishers;
    this.catalogue = catalogue;
    this.requests = requests;
    this.gate = gate;
    this.charging = charging;
  }

  /// How a user publishes.
  ///
  /// @param handle the first half of the names of listings; never changes
  /// @param name in words
  record NewPublisher(
      @NotNull @Pattern(regexp = "[a-z0-9][a-z0-9-]{0,49}") String handle,
      @NotNull @Size(min = 1, max = 100) @Pattern(regexp = "\\P{Cntrl}*") String name) {}

  @Operation(operationId = "setPublisher", summary = "Say under which name the user publishes")
  @ApiResponse(responseCode = "200", description = "The name", useReturnTypeSchema = true)
  @ApiResponse(
      responseCode = "409",
      description = "The handle is another's, or the user has another one")
  @PutMapping
  Publisher set(@Valid @RequestBody NewPublisher wanted) {
    return publishers.set(Tenant.current(), wanted.handle(), wanted.name());
  }

  @Operation(operationId = "getPublisher", summary = "Under which name the user publishes")
  @ApiResponse(responseCode = "200", description = "The name", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "404", description = "The user does not publish")
  @GetMapping
  Publisher get() {
    return own();
  }

  @Operation(
      operationId = "listOwnListings",
      summary = "Listings of the user, those taken down too, oldest first")
  @GetMapping("/listings")
  Page<ListingView> listings(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    var found =
        catalogue.own(Viewer.current(charging), Page.idAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, ListingView::of, it -> it.listing().id());
  }

  @Operation(
      operationId = "listAccessRequests",
      summary = "Who asked to be let in to the user's listings, oldest first")
  @GetMapping("/requests")
  Page<RequestView> requests(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    UUID after = Page.idAfter(cursor);
    int most = Page.checkedLimit(limit) + 1;
    List<AccessRequest> found =
        publishers
            .ofUser(Tenant.current())
            .map(it -> requests.to(it, after, most))
            .orElse(List.of());
    return Page.of(found, limit, RequestView::asked, AccessRequest::id);
  }

  /// An answer to a request.
  ///
  /// @param grant whether the tenant is let in
  record Answer(@NotNull Boolean grant) {}

  @Operation(
      operationId = "answerAccessRequest",
      summary = "Let a tenant in, or not",
      description =
          "May be changed later. Who is let in no longer keeps its subscriptions until the end of"
              + " the running month.")
  @PutMapping("/requests/{id}")
  RequestView answer(@PathVariable UUID id, @Valid @RequestBody Answer answer) {
    AccessRequest request =
        publishers
            .ofUser(Tenant.current())
            .flatMap(it -> requests.to(it, id))
            .orElseThrow(() -> Problem.notFound("request", id));
    return RequestView.asked(gate.answer(request, answer.grant()));
  }

  private Publisher own() {
    String user = Tenant.current();
    return publishers.ofUser(user).orElseThrow(() -> Problem.notFound("publisher", user));
  }
}
