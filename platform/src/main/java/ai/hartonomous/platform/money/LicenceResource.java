package ai.hartonomous.platform.money;

import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.money.Invoice.Whole;
import ai.hartonomous.platform.money.InvoiceResource.InvoiceView;
import ai.hartonomous.platform.money.Licences.Sale;
import ai.hartonomous.platform.registry.Models;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/admin/licences`: licences of models that an owner has sold to a tenant.
@RestController
@Tag(name = "Invoices")
class LicenceResource {

  private final Licences licences;
  private final Models models;
  private final Audit audit;

  LicenceResource(Licences licences, Models models, Audit audit) {
    this.licences = licences;
    this.models = models;
    this.audit = audit;
  }

  /// A licence that is sold.
  ///
  /// @param key what makes the sale known; sent again it changes nothing
  /// @param buyer who pays
  /// @param owner who sells
  /// @param modelId a model of the owner
  /// @param amount before taxes, in the buyer's currency
  record NewLicence(
      @NotNull @Size(min = 1, max = 100) @Pattern(regexp = "[A-Za-z0-9._-]*") String key,
      @NotNull @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String buyer,
      @NotNull @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String owner,
      @NotNull UUID modelId,
      @NotNull @Positive @Digits(integer = 12, fraction = 2) BigDecimal amount) {}

  @Operation(
      operationId = "sellLicence",
      summary = "Bill a licence of a model",
      description = "A sale whose key is known is not billed again: the answer is its invoice.")
  @ApiResponse(responseCode = "402", description = "The buyer's wallet does not have as much")
  @ApiResponse(responseCode = "404", description = "The buyer has no account, or no such model")
  @PostMapping("/v1/admin/licences")
  @ResponseStatus(HttpStatus.CREATED)
  InvoiceView sell(@Valid @RequestBody NewLicence wanted) {
    var name = new AtomicReference<>("");
    Tenant.as(wanted.owner(), () -> name.set(models.require(wanted.modelId()).name()));
    String what = "licence of model %s (%s)".formatted(wanted.modelId(), name.get());
    var sale =
        new Sale(
            wanted.key(),
            wanted.buyer(),
            wanted.owner(),
            what.length() > 300 ? what.substring(0, 300) : what,
            wanted.amount());
    try {
      Whole whole = licences.sell(sale, Instant.now().truncatedTo(ChronoUnit.MICROS));
      audit.append(wanted.buyer(), "licence.sell", wanted.key());
      return InvoiceView.of(whole.invoice(), whole.lines());
    } catch (DuplicateKeyException _) {
      throw Problem.conflict("Another sale has this key.");
    }
  }
}
