package ai.hartonomous.platform.money.provider;

import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.money.Amounts;
import ai.hartonomous.platform.money.payout.BatchView;
import ai.hartonomous.platform.money.payout.Payouts;
import ai.hartonomous.platform.money.provider.PaymentProvider.Intent;
import ai.hartonomous.platform.money.provider.PaymentRows.State;
import ai.hartonomous.platform.money.provider.Payments.Paying;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/invoices/{id}/payment`: tenants pay; `/v1/payments/events`: the provider tells;
/// `/v1/admin/payouts/{id}/transfers`: owners are paid.
@RestController
@Tag(name = "Payments")
class PaymentResource {

  private final Payments payments;
  private final ProviderEvents events;
  private final Payouts payouts;
  private final Audit audit;

  PaymentResource(Payments payments, ProviderEvents events, Payouts payouts, Audit audit) {
    this.payments = payments;
    this.events = events;
    this.payouts = payouts;
    this.audit = audit;
  }

  /// How far the payment of an invoice is.
  ///
  /// @param state how far
  /// @param amount what is to be paid
  /// @param currency ISO 4217
  /// @param intent the provider's name for the payment; left out where there is nothing to do
  /// @param clientSecret what the tenant's browser goes on with at the provider
  record PaymentView(
      State state,
      String amount,
      String currency,
      @Nullable String intent,
      @Nullable String clientSecret) {

    static PaymentView of(Paying paying) {
      String currency = paying.invoice().currency();
      Intent intent = paying.intent();
      return new PaymentView(
          paying.state(),
          Amounts.text(paying.invoice().total(), currency),
          currency,
          intent == null ? null : intent.id(),
          intent == null ? null : intent.secret());
    }
  }

  @Operation(operationId = "getInvoicePayment", summary = "How far the payment of an invoice is")
  @GetMapping("/v1/invoices/{id}/payment")
  PaymentView find(@PathVariable UUID id) {
    return PaymentView.of(payments.find(Tenant.current(), id));
  }

  @Operation(
      operationId = "payInvoice",
      summary = "Pay an invoice through the payment provider",
      description = "Begins a payment, or answers the one that was begun.")
  @ApiResponse(responseCode = "200", description = "The payment", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "503", description = "The payment provider does not answer")
  @PostMapping("/v1/invoices/{id}/payment")
  PaymentView pay(@PathVariable UUID id) {
    PaymentView view = PaymentView.of(payments.start(Tenant.current(), id));
    audit.append(Tenant.current(), "invoice.pay", id.toString());
    return view;
  }

  /// What became of an event.
  ///
  /// @param booked false if it was booked before
  record Heard(boolean booked) {}

  @Operation(
      operationId = "hearProvider",
      summary = "Take what the payment provider tells",
      description =
          "Nobody need be known: the header Stripe-Signature says who it is. An event that comes"
              + " again changes nothing.")
  @PostMapping(path = "/v1/payments/events", consumes = MediaType.APPLICATION_JSON_VALUE)
  Heard hear(
      @RequestHeader("Stripe-Signature") @Size(max = 4096) String signature,
      @RequestBody byte[] body) {
    return new Heard(events.told(body, signature, Instant.now()));
  }

  @Operation(
      operationId = "sendTransfers",
      summary = "Have the payment provider pay what a batch still waits for",
      description = "Sent again, nobody is paid twice.")
  @PostMapping("/v1/admin/payouts/{id}/transfers")
  BatchView send(@PathVariable UUID id) {
    payments.send(id, Instant.now().truncatedTo(ChronoUnit.MICROS));
    audit.append(Tenant.current(), "payouts.send", id.toString());
    return payouts.find(id).map(BatchView::of).orElseThrow(() -> Problem.notFound("batch", id));
  }
}
