package ai.hartonomous.platform.money;

import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.money.Invoice.Kind;
import ai.hartonomous.platform.money.Invoice.Line;
import ai.hartonomous.platform.money.Invoice.Whole;
import ai.hartonomous.platform.money.InvoiceReceipts.Excess;
import ai.hartonomous.platform.money.InvoiceReceipts.Sent;
import ai.hartonomous.platform.money.InvoiceReceipts.Standing;
import ai.hartonomous.platform.money.InvoiceReceipts.State;
import ai.hartonomous.platform.money.Tenants.Account;
import ai.hartonomous.platform.money.Wallets.Wallet;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
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
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/// `/v1/wallet` and `/v1/invoices`: what the user, as a tenant, has paid in and has to pay; below
/// `/v1/admin` what administrators do about it.
@RestController
@Tag(name = "Invoices")
class InvoiceResource {

  private final Billing billing;
  private final InvoiceRows rows;
  private final InvoiceReceipts receipts;
  private final Wallets wallets;
  private final Tenants accounts;
  private final Audit audit;

  InvoiceResource(
      Billing billing,
      InvoiceRows rows,
      InvoiceReceipts receipts,
      Wallets wallets,
      Tenants accounts,
      Audit audit) {
    this.billing = billing;
    this.rows = rows;
    this.receipts = receipts;
    this.wallets = wallets;
    this.accounts = accounts;
    this.audit = audit;
  }

  /// A wallet. All amounts are decimals.
  ///
  /// @param currency ISO 4217; left out without a wallet
  /// @param balance what is in it
  /// @param held part of it that calls under way hold
  /// @param owed what was given back of top-ups after it was used; what comes in pays it first
  record WalletView(@Nullable String currency, String balance, String held, String owed) {

    static WalletView of(Wallet wallet) {
      return new WalletView(
          wallet.currency(), plain(wallet.balance()), plain(wallet.held()), plain(wallet.owed()));
    }
  }

  @Operation(operationId = "getWallet", summary = "What the user has paid in")
  @GetMapping("/v1/wallet")
  WalletView wallet() {
    return wallets
        .find(Tenant.current())
        .map(WalletView::of)
        .orElse(new WalletView(null, "0", "0", "0"));
  }

  /// A payment that came in.
  ///
  /// @param payment what makes it known, such as its number at the bank; sent again it changes
  ///   nothing
  /// @param amount in the tenant's currency
  record Payment(
      @NotNull @Size(min = 1, max = 100) @Pattern(regexp = "[A-Za-z0-9._-]*") String payment,
      @NotNull @Positive @Digits(integer = 12, fraction = 2) BigDecimal amount) {}

  @Operation(operationId = "payIn", summary = "Book a payment into a tenant's wallet")
  @ApiResponse(responseCode = "404", description = "The tenant has no account")
  @PostMapping("/v1/admin/payments")
  WalletView payIn(
      @RequestParam @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String user,
      @Valid @RequestBody Payment payment) {
    Account account =
        accounts.find(user).orElseThrow(() -> Problem.notFound("billing account", user));
    if (wallets.payIn(user, account.currency(), payment.payment(), payment.amount())) {
      audit.append(
          user, "wallet.pay-in", payment.payment() + " " + payment.amount().toPlainString());
    }
    return WalletView.of(wallets.find(user).orElseThrow());
  }

  /// An invoice or credit note. All amounts are decimals.
  ///
  /// @param id its id
  /// @param number year and place in it
  /// @param kind what it is
  /// @param tenant who pays
  /// @param currency ISO 4217
  /// @param begins first moment of what is billed
  /// @param ends first moment after it
  /// @param issued when it was made
  /// @param net sum of the lines
  /// @param taxCode which tax
  /// @param taxRate 0.19 for 19 %
  /// @param tax what comes to the net sum
  /// @param total what is to be paid
  /// @param refersTo what a credit note takes back
  /// @param state how an invoice stands; left out for others
  /// @param paid what came in for it, less what went back
  /// @param due the last day on which it may be paid
  /// @param lines what is billed; left out in lists
  record InvoiceView(
      UUID id,
      String number,
      Kind kind,
      String tenant,
      String currency,
      Instant begins,
      Instant ends,
      Instant issued,
      String net,
      String taxCode,
      String taxRate,
      String tax,
      String total,
      @Nullable UUID refersTo,
      @Nullable State state,
      @Nullable String paid,
      @Nullable LocalDate due,
      @Nullable List<LineView> lines) {

    static InvoiceView of(Invoice invoice, @Nullable List<Line> lines) {
      return of(invoice, null, lines);
    }

    static InvoiceView of(
        Invoice invoice, @Nullable Standing standing, @Nullable List<Line> lines) {
      int digits = Amounts.digits(invoice.currency());
      return new InvoiceView(
          invoice.id(),
          invoice.number().text(),
          invoice.kind(),
          invoice.tenant(),
          invoice.currency(),
          invoice.begins(),
          invoice.ends(),
          invoice.issued(),
          cents(invoice.net(), digits),
          invoice.tax().code(),
          plain(invoice.tax().rate()),
          cents(invoice.tax().amount(), digits),
          cents(invoice.total(), digits),
          invoice.refersTo(),
          standing == null ? null : standing.state(),
          standing == null ? null : cents(standing.paid(), digits),
          standing == null ? null : standing.due(),
          lines == null ? null : lines.stream().map(it -> LineView.of(it, digits)).toList());
    }
  }

  /// A line of an invoice.
  ///
  /// @param item what is billed
  /// @param description in words
  /// @param quantity units
  /// @param amount what they cost
  record LineView(String item, String description, String quantity, String amount) {

    static LineView of(Line line, int digits) {
      return new LineView(
          line.item(), line.description(), plain(line.quantity()), cents(line.amount(), digits));
    }
  }

  @Operation(operationId = "listInvoices", summary = "Invoices and credit notes of the user")
  @GetMapping("/v1/invoices")
  Page<InvoiceView> list(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    List<Invoice> found =
        rows.list(Tenant.current(), Page.idAfter(cursor), Page.checkedLimit(limit) + 1);
    Map<UUID, Standing> standings = receipts.standings(Tenant.current(), found, now());
    return Page.of(
        found, limit, it -> InvoiceView.of(it, standings.get(it.id()), null), Invoice::id);
  }

  @Operation(operationId = "getInvoice", summary = "An invoice with its lines")
  @GetMapping("/v1/invoices/{id}")
  InvoiceView get(@PathVariable UUID id) {
    return view(Tenant.current(), require(id));
  }

  @Operation(operationId = "getInvoiceCsv", summary = "An invoice's lines as CSV (RFC 4180)")
  @GetMapping(path = "/v1/invoices/{id}/csv", produces = "text/csv")
  String csv(@PathVariable UUID id) {
    Invoice invoice = require(id);
    int digits = Amounts.digits(invoice.currency());
    var text = new StringBuilder("number,item,description,quantity,amount,currency\r\n");
    for (Line line : rows.lines(Tenant.current(), id)) {
      text.append(
          "%s,%s,\"%s\",%s,%s,%s\r\n"
              .formatted(
                  invoice.number().text(),
                  line.item(),
                  line.description().replace("\"", "\"\""),
                  plain(line.quantity()),
                  cents(line.amount(), digits),
                  invoice.currency()));
    }
    return text.toString();
  }

  private InvoiceView view(String tenant, Invoice invoice) {
    Standing standing = receipts.standings(tenant, List.of(invoice), now()).get(invoice.id());
    return InvoiceView.of(invoice, standing, rows.lines(tenant, invoice.id()));
  }

  /// A bank transfer for an invoice.
  ///
  /// @param payment what makes it known, such as its number at the bank; sent again it changes
  ///   nothing
  /// @param amount in the invoice's currency
  /// @param reference what the tenant wrote; nothing if null
  /// @param excess what to do with what is more than is open: `refuse`, the usual, or `wallet`
  record BankTransfer(
      @NotNull @Size(min = 1, max = 100) @Pattern(regexp = "[A-Za-z0-9._-]*") String payment,
      @NotNull @Positive @Digits(integer = 12, fraction = 3) BigDecimal amount,
      @Size(max = 140) @Pattern(regexp = "\\P{Cntrl}*") @Nullable String reference,
      @Nullable Excess excess) {}

  @Operation(
      operationId = "receiveTransfer",
      summary = "Book a bank transfer for an invoice",
      description = "A transfer that was booked is not booked again: the answer is its invoice.")
  @ApiResponse(responseCode = "200", description = "The invoice", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "409", description = "Nothing to pay, or another one has this key")
  @ApiResponse(responseCode = "422", description = "More came than is open")
  @PostMapping("/v1/admin/invoices/{id}/payments")
  InvoiceView receive(
      @PathVariable UUID id,
      @RequestParam @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String user,
      @Valid @RequestBody BankTransfer transfer) {
    var sent =
        new Sent(
            transfer.payment(),
            transfer.amount(),
            Objects.requireNonNullElse(transfer.reference(), ""),
            Objects.requireNonNullElse(transfer.excess(), Excess.REFUSE));
    try {
      if (receipts.receive(user, id, sent)) {
        String text = "%s %s %s".formatted(id, sent.key(), sent.amount().toPlainString());
        audit.append(user, "invoice.receive", text);
      }
    } catch (DuplicateKeyException _) {
      throw Problem.conflict("Another transfer with this key is being booked.");
    }
    return view(user, rows.find(user, id).orElseThrow());
  }

  private Invoice require(UUID id) {
    return rows.find(Tenant.current(), id).orElseThrow(() -> Problem.notFound("invoice", id));
  }

  @Operation(
      operationId = "billMonth",
      summary = "Bill a month of a tenant",
      description = "A month that was billed is not billed again: the answer is its invoice.")
  @ApiResponse(responseCode = "404", description = "The tenant has no account")
  @PostMapping("/v1/admin/invoices")
  @ResponseStatus(HttpStatus.CREATED)
  InvoiceView bill(
      @RequestParam @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String user,
      @RequestParam String month) {
    Whole whole = billing.close(user, Months.parse(month), now());
    audit.append(user, "invoice.make", whole.invoice().number().text());
    return InvoiceView.of(whole.invoice(), whole.lines());
  }

  @Operation(operationId = "creditInvoice", summary = "Take an invoice back")
  @PostMapping("/v1/admin/invoices/{id}/credit-note")
  @ResponseStatus(HttpStatus.CREATED)
  InvoiceView credit(
      @PathVariable UUID id,
      @RequestParam @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String user) {
    Whole note = billing.credit(user, id, now());
    audit.append(user, "invoice.credit", "%s by %s".formatted(id, note.invoice().number().text()));
    return InvoiceView.of(note.invoice(), note.lines());
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  private static String plain(BigDecimal amount) {
    return amount.stripTrailingZeros().toPlainString();
  }

  private static String cents(BigDecimal amount, int digits) {
    return amount.setScale(digits, RoundingMode.UNNECESSARY).toPlainString();
  }
}
