package ai.hartonomous.platform.money.payout;

import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.money.Amounts;
import ai.hartonomous.platform.money.payout.Payout.State;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/payouts` and `/v1/payout-account`: what the user, as an owner, got, and where they want it.
@RestController
@Tag(name = "Payouts")
class PayoutResource {

  private final PayoutRows rows;
  private final PayoutAccounts accounts;
  private final Audit audit;

  PayoutResource(PayoutRows rows, PayoutAccounts accounts, Audit audit) {
    this.rows = rows;
    this.accounts = accounts;
    this.audit = audit;
  }

  /// Where an owner wants their money: a bank account with the name of its holder, an account at
  /// the payment provider, or both.
  ///
  /// @param name holder of the bank account
  /// @param iban its number, of the area of SEPA
  /// @param bic its bank; not needed within SEPA
  /// @param destination account at the payment provider, such as `acct_1A2b`
  record NewAccount(
      @Size(min = 1, max = 70) @Pattern(regexp = "[\\p{L}\\p{N}]\\P{Cntrl}*") @Nullable String name,
      @Size(max = 50) @Nullable String iban,
      @Pattern(regexp = "[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?") @Nullable String bic,
      @Size(max = 100) @Pattern(regexp = "[A-Za-z0-9_]+") @Nullable String destination) {}

  @Operation(operationId = "getPayoutAccount", summary = "Where the user wants to be paid")
  @GetMapping("/v1/payout-account")
  AccountView account() {
    return accounts
        .find(Tenant.current())
        .map(AccountView::of)
        .orElse(new AccountView(null, null, null, null));
  }

  @Operation(operationId = "setPayoutAccount", summary = "Set where the user wants to be paid")
  @ApiResponse(responseCode = "200", description = "The account", useReturnTypeSchema = true)
  @ApiResponse(responseCode = "409", description = "Set twice at once, or of nobody")
  @PutMapping("/v1/payout-account")
  AccountView set(@Valid @RequestBody NewAccount wanted) {
    String owner = Tenant.current();
    if (owner.startsWith("unclaimed:")) {
      throw Problem.conflict("What nobody has claimed is paid to nobody.");
    }
    PayoutAccount account = checked(wanted);
    try {
      accounts.set(owner, account);
    } catch (DuplicateKeyException _) {
      throw Problem.conflict("Another account was set at the same time.");
    }
    audit.append(owner, "payout-account.set", String.valueOf(account.iban()));
    return AccountView.of(account);
  }

  private static PayoutAccount checked(NewAccount wanted) {
    String text = Objects.requireNonNullElse(wanted.iban(), "");
    Iban iban = Iban.parse(text).orElse(null);
    if (iban == null && !text.isEmpty()) {
      throw Problem.invalid("iban", "is no account number of the area of SEPA");
    }
    if (iban != null && wanted.name() == null) {
      throw Problem.invalid("name", "is missing");
    }
    if (iban == null && wanted.destination() == null) {
      throw Problem.invalid("iban", "or destination is needed");
    }
    return new PayoutAccount(
        Objects.requireNonNullElse(wanted.name(), ""),
        iban,
        Objects.requireNonNullElse(wanted.bic(), ""),
        Objects.requireNonNullElse(wanted.destination(), ""));
  }

  @Operation(operationId = "deletePayoutAccount", summary = "Forget where the user was paid")
  @DeleteMapping("/v1/payout-account")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete() {
    if (accounts.remove(Tenant.current())) {
      audit.append(Tenant.current(), "payout-account.delete", "");
    }
  }

  /// A payout. The amount is a decimal.
  ///
  /// @param id its id
  /// @param amount what the owner gets
  /// @param currency ISO 4217
  /// @param state how far it is
  /// @param made when
  /// @param account where it went
  /// @param reason why it failed; left out otherwise
  record PayoutView(
      UUID id,
      String amount,
      String currency,
      State state,
      Instant made,
      AccountView account,
      @Nullable String reason) {

    static PayoutView of(Payout payout) {
      return new PayoutView(
          payout.id(),
          Amounts.text(payout.amount(), payout.currency()),
          payout.currency(),
          payout.state(),
          payout.made(),
          AccountView.of(payout.account()),
          payout.state() == State.FAILED ? payout.reason() : null);
    }
  }

  @Operation(operationId = "listPayouts", summary = "What the user was paid")
  @GetMapping("/v1/payouts")
  Page<PayoutView> list(
      @RequestParam @Nullable String cursor, @RequestParam(defaultValue = "50") int limit) {
    List<Payout> found =
        rows.list(Tenant.current(), Page.idAfter(cursor), Page.checkedLimit(limit) + 1);
    return Page.of(found, limit, PayoutView::of, Payout::id);
  }
}
