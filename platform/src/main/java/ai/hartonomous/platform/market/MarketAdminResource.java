package ai.hartonomous.platform.market;

import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.market.Publishers.Publisher;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/admin/market`: administrators take listings down, lift that, and say which publishers they
/// know.
@RestController
@Tag(name = "Marketplace")
@RequestMapping("/v1/admin/market")
class MarketAdminResource {

  private final Catalogue catalogue;
  private final Takedown takedown;
  private final Publishers publishers;
  private final Audit audit;

  MarketAdminResource(Catalogue catalogue, Takedown takedown, Publishers publishers, Audit audit) {
    this.catalogue = catalogue;
    this.takedown = takedown;
    this.publishers = publishers;
    this.audit = audit;
  }

  /// Why a listing is taken down.
  ///
  /// @param reason what its publisher and subscribers read
  record Reason(
      @NotNull @Size(min = 1, max = 400) @Pattern(regexp = "\\P{Cntrl}*") String reason) {}

  @Operation(
      operationId = "takeDownAnyListing",
      summary = "Take a listing down; all subscriptions end at once")
  @PostMapping("/listings/{id}/takedown")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void takeDown(@PathVariable UUID id, @Valid @RequestBody Reason reason) {
    Listing listing =
        catalogue.any(id).orElseThrow(() -> Problem.notFound("listing", id)).listing();
    takedown.of(listing, Takedown.By.ADMIN, reason.reason());
  }

  @Operation(
      operationId = "liftTakedown",
      summary = "Let a publisher offer a listing again that an administrator took down")
  @DeleteMapping("/listings/{id}/takedown")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void lift(@PathVariable UUID id) {
    takedown.lift(catalogue.any(id).orElseThrow(() -> Problem.notFound("listing", id)).listing());
  }

  /// Whether administrators know who a publisher is.
  ///
  /// @param verified whether they do
  record Verification(@NotNull Boolean verified) {}

  @Operation(operationId = "verifyPublisher", summary = "Say that a publisher is known, or not")
  @PutMapping("/publishers/{handle}")
  Publisher verify(@PathVariable String handle, @Valid @RequestBody Verification verification) {
    if (!handle.matches("[a-z0-9-]{1,50}") || !publishers.verify(handle, verification.verified())) {
      throw Problem.notFound("publisher", handle);
    }
    String action = verification.verified() ? "publisher.verify" : "publisher.unverify";
    publishers.user(handle).ifPresent(user -> audit.append(user, action, handle));
    return publishers.ofHandle(handle).orElseThrow();
  }
}
