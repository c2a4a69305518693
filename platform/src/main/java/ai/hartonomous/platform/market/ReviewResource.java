package ai.hartonomous.platform.market;

import ai.hartonomous.platform.market.Reviews.Review;
import ai.hartonomous.platform.metering.Charging;
import ai.hartonomous.platform.metering.UsageLog;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import ai.hartonomous.platform.web.ProblemException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Reviews of listings, by who was charged for a call of them.
@RestController
@Tag(name = "Marketplace")
@RequestMapping("/v1/market/listings/{id}")
class ReviewResource {

  private final Reviews reviews;
  private final Catalogue catalogue;
  private final UsageLog log;
  private final Charging charging;

  ReviewResource(Reviews reviews, Catalogue catalogue, UsageLog log, Charging charging) {
    this.reviews = reviews;
    this.catalogue = catalogue;
    this.log = log;
    this.charging = charging;
  }

  /// A review to be written.
  ///
  /// @param rating 1 to 5
  /// @param text why; nothing if null
  record NewReview(
      @NotNull @Min(1) @Max(5) Integer rating, @Size(max = 4_000) @Nullable String text) {}

  /// A review. Who wrote it is not told.
  ///
  /// @param id its id
  /// @param rating 1 to 5
  /// @param text why
  /// @param own whether it is that of who pays for the user
  /// @param created when it was written
  /// @param updated when it was changed last
  record ReviewView(
      UUID id, int rating, String text, boolean own, Instant created, Instant updated) {}

  @Operation(
      operationId = "reviewListing",
      summary = "Write or change the tenant's review of a listing")
  @ApiResponse(responseCode = "200", description = "The review", useReturnTypeSchema = true)
  @ApiResponse(
      responseCode = "403",
      description = "The tenant was never charged for a call of it, or another one pays")
  @PutMapping("/review")
  ReviewView set(@PathVariable UUID id, @Valid @RequestBody NewReview wanted) {
    Viewer viewer = seeing(id);
    String tenant = viewer.buyer();
    if (!log.hasCalled(tenant, id)) {
      throw new ProblemException(
          Problem.of(403, "buyers-only", "Only who was charged for a call may review it."));
    }
    String text = Objects.requireNonNullElse(wanted.text(), "");
    return view(reviews.set(tenant, id, wanted.rating(), text), viewer);
  }

  @Operation(operationId = "deleteReview", summary = "Take the tenant's review back")
  @DeleteMapping("/review")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@PathVariable UUID id) {
    reviews.delete(seeing(id).buyer(), id);
  }

  @Operation(operationId = "listReviews", summary = "Reviews of a listing, oldest first")
  @GetMapping("/reviews")
  Page<ReviewView> list(
      @PathVariable UUID id,
      @RequestParam @Nullable String cursor,
      @RequestParam(defaultValue = "50") int limit) {
    Viewer viewer = seeing(id);
    List<Review> found = reviews.of(id, Page.idAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, it -> view(it, viewer), Review::id);
  }

  /// {@return who looks, and sees the listing}
  private Viewer seeing(UUID id) {
    Viewer viewer = Viewer.current(charging);
    if (catalogue.seen(viewer, id).isEmpty()) {
      throw Problem.notFound("listing", id);
    }
    return viewer;
  }

  private static ReviewView view(Review review, Viewer viewer) {
    return new ReviewView(
        review.id(),
        review.rating(),
        review.remark(),
        review.tenant().equals(viewer.tenant()),
        review.created(),
        review.updated());
  }
}
