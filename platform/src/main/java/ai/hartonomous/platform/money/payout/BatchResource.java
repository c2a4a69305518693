package ai.hartonomous.platform.money.payout;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.money.payout.Payout.Batch;
import ai.hartonomous.platform.money.payout.Payout.Method;
import ai.hartonomous.platform.money.payout.Payout.Order;
import ai.hartonomous.platform.money.payout.Payout.State;
import ai.hartonomous.platform.money.payout.Payout.Whole;
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
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/admin/payouts`: batches of payouts, their files, and what became of them.
@RestController
@Tag(name = "Payouts")
class BatchResource {

  private final Payouts payouts;
  private final PayoutRows rows;
  private final MoneySettings settings;
  private final Audit audit;

  BatchResource(Payouts payouts, PayoutRows rows, Settings settings, Audit audit) {
    this.payouts = payouts;
    this.rows = rows;
    this.settings = settings.money();
    this.audit = audit;
  }

  /// A batch to be made.
  ///
  /// @param until last day (UTC) of what is paid out; today at the latest
  /// @param currency ISO 4217
  /// @param method how; a file if null
  /// @param key what makes the batch known; method, currency and day if null
  record NewBatch(
      @NotNull LocalDate until,
      @NotNull @Pattern(regexp = "[A-Z]{3}") String currency,
      @Nullable Method method,
      @Size(min = 1, max = 100) @Pattern(regexp = "[A-Za-z0-9._-]*") @Nullable String key) {

    Order order() {
      Method how = method == null ? Method.FILE : method;
      String name = "%s-%s-%s".formatted(how.name().toLowerCase(Locale.ROOT), currency, until);
      return new Order(
          key == null ? name : key,
          how,
          currency,
          until.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }
  }

  @Operation(
      operationId = "makePayouts",
      summary = "Pay all owners who have enough to get",
      description = "A batch whose key is known is not made again: the answer is what it was.")
  @PostMapping("/v1/admin/payouts")
  @ResponseStatus(HttpStatus.CREATED)
  BatchView make(@Valid @RequestBody NewBatch wanted) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
    if (wanted.until().isAfter(today) || wanted.until().getYear() < 2000) {
      throw Problem.invalid("until", "must be a day of the past, or today");
    }
    try {
      var _ = Currency.getInstance(wanted.currency());
    } catch (IllegalArgumentException _) {
      throw Problem.invalid("currency", "is no currency of ISO 4217");
    }
    Whole made = made(wanted.order(), now);
    audit.append(Tenant.current(), "payouts.make", made.batch().order().key());
    return BatchView.of(made);
  }

  private Whole made(Order order, Instant now) {
    try {
      return payouts.make(Tenant.current(), order, now);
    } catch (DuplicateKeyException _) { // another request was first; its batch is as good
      return payouts.make(Tenant.current(), order, now);
    }
  }

  @Operation(operationId = "listPayoutBatches", summary = "All batches of payouts")
  @GetMapping("/v1/admin/payouts")
  Page<BatchView> list(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    List<Batch> found = rows.batches(Page.idAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, it -> BatchView.of(new Whole(it, rows.of(it.id()))), Batch::id);
  }

  @Operation(operationId = "getPayoutBatch", summary = "A batch of payouts")
  @GetMapping("/v1/admin/payouts/{id}")
  BatchView get(@PathVariable UUID id) {
    return BatchView.of(require(id));
  }

  @Operation(operationId = "getPayoutCsv", summary = "A batch as CSV (RFC 4180)")
  @GetMapping(path = "/v1/admin/payouts/{id}/csv", produces = "text/csv")
  String csv(@PathVariable UUID id) {
    Whole batch = require(id);
    audit.append(Tenant.current(), "payouts.export", batch.batch().order().key());
    return PayoutCsv.of(batch);
  }

  @Operation(
      operationId = "getPayoutSepaFile",
      summary = "A batch as a SEPA credit transfer (ISO 20022 pain.001.001.09)")
  @ApiResponse(responseCode = "200", description = "The file", useReturnTypeSchema = true)
  @ApiResponse(
      responseCode = "422",
      description = "Not in EUR, not for a bank, or the settings lack the account it leaves")
  @GetMapping(path = "/v1/admin/payouts/{id}/sepa", produces = "application/xml")
  String sepa(@PathVariable UUID id) {
    Whole batch = require(id);
    Order order = batch.batch().order();
    if (order.method() != Method.FILE || !order.currency().equals("EUR")) {
      throw Problem.unprocessable("not-sepa", "Only batches for a bank in EUR have this file.");
    }
    MoneySettings.Payouts from = settings.payouts();
    if (from.name().isEmpty() || Iban.parse(from.iban()).isEmpty()) {
      throw Problem.unprocessable(
          "payouts-not-set-up", "The settings do not name the account that payouts leave.");
    }
    audit.append(Tenant.current(), "payouts.export", order.key());
    return Pain001.of(batch, from);
  }

  private Whole require(UUID id) {
    return payouts.find(id).orElseThrow(() -> Problem.notFound("batch", id));
  }

  @Operation(
      operationId = "settlePayouts",
      summary = "Book that the bank has done what a batch still waits for")
  @PostMapping("/v1/admin/payouts/{id}/settlement")
  BatchView settle(@PathVariable UUID id) {
    Whole batch = require(id);
    if (batch.batch().order().method() != Method.FILE) {
      throw Problem.conflict("The payment provider tells what it has done.");
    }
    for (Payout payout : batch.payouts()) {
      if (payouts.settle(payout, "")) {
        audit.append(payout.owner(), "payout.paid", payout.id().toString());
      }
    }
    return BatchView.of(require(id));
  }

  /// A payout that failed.
  ///
  /// @param payout its id
  /// @param reason what the owner is told
  record Failure(
      @NotNull UUID payout,
      @NotNull @Size(min = 1, max = 200) @Pattern(regexp = "\\P{Cntrl}*") String reason) {}

  @Operation(
      operationId = "failPayout",
      summary = "Take a payout back that failed or was returned",
      description = "Its owner has it to get again, in the next batch.")
  @PostMapping("/v1/admin/payouts/{id}/failures")
  BatchView fail(@PathVariable UUID id, @Valid @RequestBody Failure failure) {
    Whole batch = require(id);
    Payout failed =
        batch.payouts().stream()
            .filter(it -> it.id().equals(failure.payout()))
            .findFirst()
            .orElseThrow(() -> Problem.notFound("payout", failure.payout()));
    if (failed.state() == State.PENDING && failed.attempted() != null) {
      throw Problem.conflict("The provider was asked to pay this; ask again before.");
    }
    if (payouts.fail(failed, failure.reason())) {
      audit.append(failed.owner(), "payout.failed", failed.id().toString());
    }
    return BatchView.of(require(id));
  }
}
