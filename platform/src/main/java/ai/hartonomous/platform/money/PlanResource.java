package ai.hartonomous.platform.money;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.audit.Audit;
import ai.hartonomous.platform.metering.Use;
import ai.hartonomous.platform.money.Tenants.Account;
import ai.hartonomous.platform.money.Tenants.Agreed;
import ai.hartonomous.platform.money.Tenants.Named;
import ai.hartonomous.platform.money.Tenants.Terms;
import ai.hartonomous.platform.tenant.Tenant;
import ai.hartonomous.platform.web.Page;
import ai.hartonomous.platform.web.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/plans`: prices, which everybody may see and administrators set; `/v1/admin/billing`: how a
/// tenant pays.
@RestController
@Tag(name = "Plans")
class PlanResource {

  private static final Use ONE_OF_EACH = new Use(1, 0, 1, 1, 0);

  private final Tenants accounts;
  private final Agreements agreements;
  private final MoneySettings settings;
  private final Audit audit;

  PlanResource(Tenants accounts, Agreements agreements, Settings settings, Audit audit) {
    this.accounts = accounts;
    this.agreements = agreements;
    this.settings = settings.money();
    this.audit = audit;
  }

  /// A version of a plan to be made.
  ///
  /// @param code name of the plan
  /// @param name in words
  /// @param currency ISO 4217
  /// @param minimum least total of a month, or null
  /// @param charges price of each item; what is not named costs nothing
  record NewPlan(
      @NotNull @Pattern(regexp = "[a-z0-9][a-z0-9-]{0,49}") String code,
      @NotNull @Size(min = 1, max = 100) @Pattern(regexp = "\\P{Cntrl}*") String name,
      @NotNull @Pattern(regexp = "[A-Z]{3}") String currency,
      @PositiveOrZero @Digits(integer = 9, fraction = 2) @Nullable BigDecimal minimum,
      @Valid @NotEmpty @Size(max = 4) List<@NotNull Charge> charges) {}

  /// A version of a plan.
  ///
  /// @param code name of the plan
  /// @param version counts from 1
  /// @param name in words
  /// @param currency ISO 4217
  /// @param minimum least total of a month; none if left out
  /// @param charges price of each item
  record PlanView(
      String code,
      int version,
      String name,
      String currency,
      @Nullable BigDecimal minimum,
      List<Charge> charges) {

    static PlanView of(Named named) {
      Tariff tariff = named.tariff();
      return new PlanView(
          tariff.code(),
          tariff.version(),
          named.name(),
          tariff.currency(),
          tariff.minimum(),
          tariff.charges());
    }
  }

  @Operation(operationId = "listPlans", summary = "All plans with their versions")
  @GetMapping("/v1/plans")
  Page<PlanView> plans() {
    return new Page<>(accounts.plans().stream().map(PlanView::of).toList(), null);
  }

  @Operation(
      operationId = "createPlan",
      summary = "Make a version of a plan",
      description = "Versions are never changed; who has an earlier one keeps it.")
  @PostMapping("/v1/admin/plans")
  @ResponseStatus(HttpStatus.CREATED)
  PlanView create(@Valid @RequestBody NewPlan plan) {
    currency(plan.currency());
    if (plan.charges().stream().map(Charge::item).distinct().count() < plan.charges().size()) {
      throw Problem.invalid("charges", "name an item twice");
    }
    plan.charges().forEach(Charge::price); // complains of what is missing
    String user = Tenant.current();
    int version = accounts.lastVersion(plan.code()) + 1;
    var tariff = new Tariff(plan.code(), version, plan.currency(), plan.minimum(), plan.charges());
    try {
      accounts.insert(user, plan.name(), tariff);
    } catch (DuplicateKeyException _) {
      throw Problem.conflict("Another version was made at the same time.");
    }
    audit.append(user, "plan.create", "%s version %d".formatted(plan.code(), version));
    return PlanView.of(new Named(plan.name(), tariff));
  }

  /// How a tenant is to pay.
  ///
  /// @param currency ISO 4217; never changes after the first time
  /// @param zone whose calendar is billed, such as `Europe/Warsaw`; never changes; UTC if null
  /// @param terms `prepaid` or `postpaid`
  /// @param taxCode a rate of the settings; none if null
  /// @param plan name of the plan
  /// @param version which of its versions
  record Subscription(
      @NotNull @Pattern(regexp = "[A-Z]{3}") String currency,
      @Size(min = 1, max = 50) @Nullable String zone,
      @NotNull Terms terms,
      @Size(max = 20) @Nullable String taxCode,
      @NotNull @Size(max = 50) String plan,
      @NotNull Integer version) {}

  /// How a tenant pays.
  ///
  /// @param tenant its name
  /// @param currency ISO 4217
  /// @param zone whose calendar is billed
  /// @param terms when it pays
  /// @param taxCode a rate of the settings; none if empty
  /// @param plan name of the plan
  /// @param version which of its versions
  /// @param from from when on terms, tax code and prices hold
  record SubscriptionView(
      String tenant,
      String currency,
      String zone,
      Terms terms,
      String taxCode,
      String plan,
      int version,
      Instant from) {

    static SubscriptionView of(Agreed agreed) {
      Account account = agreed.account();
      return new SubscriptionView(
          account.tenant(),
          account.currency(),
          account.zone().getId(),
          account.terms(),
          account.taxCode(),
          agreed.plan(),
          agreed.version(),
          agreed.from());
    }
  }

  @Operation(
      operationId = "setSubscription",
      summary = "Set how a tenant pays and by which prices",
      description =
          "The first prices and terms hold from the present month on, others from the next one: a"
              + " running month keeps what it began with.")
  @ApiResponse(
      responseCode = "409",
      description = "Currency and zone never change; prepaid begins before the first call")
  @PutMapping("/v1/admin/billing")
  SubscriptionView subscribe(
      @RequestParam @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String user,
      @Valid @RequestBody Subscription wanted) {
    Account account = account(user, wanted);
    Tariff tariff = tariff(wanted, account);
    Instant from = agreements.agree(account, tariff);
    String text = "%s version %d from %s".formatted(tariff.code(), tariff.version(), from);
    audit.append(user, "billing.set", text);
    return SubscriptionView.of(new Agreed(account, tariff.code(), tariff.version(), from));
  }

  private Tariff tariff(Subscription wanted, Account account) {
    Tariff tariff =
        accounts
            .plan(wanted.plan(), wanted.version())
            .orElseThrow(() -> Problem.invalid("plan", "has no such version"));
    if (!tariff.currency().equals(account.currency())) {
      throw Problem.invalid("currency", "is not that of the plan");
    }
    if (account.terms() == Terms.PREPAID && tariff.atMost(ONE_OF_EACH).isEmpty()) {
      throw Problem.invalid("terms", "prepaid needs prices without volume tiers");
    }
    return tariff;
  }

  private Account account(String user, Subscription wanted) {
    currency(wanted.currency());
    String tax = Objects.requireNonNullElse(wanted.taxCode(), "");
    if (!tax.isEmpty() && !settings.taxes().containsKey(tax)) {
      throw Problem.invalid("taxCode", "has no rate in the settings");
    }
    if (!tax.isEmpty() && wanted.terms() == Terms.PREPAID) {
      throw Problem.invalid("taxCode", "is for terms postpaid only");
    }
    try {
      ZoneId zone = ZoneId.of(Objects.requireNonNullElse(wanted.zone(), "UTC"));
      return new Account(user, wanted.currency(), zone, wanted.terms(), tax);
    } catch (DateTimeException _) {
      throw Problem.invalid("zone", "is no time zone");
    }
  }

  private static void currency(String code) {
    try {
      var _ = Currency.getInstance(code);
    } catch (IllegalArgumentException _) {
      throw Problem.invalid("currency", "is no currency of ISO 4217");
    }
  }

  @Operation(operationId = "joinTenant", summary = "Let a tenant pay for a user from now on")
  @PutMapping("/v1/admin/members")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void join(
      @RequestParam @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String user,
      @RequestParam @Size(min = 1, max = 255) @Pattern(regexp = "\\P{Cntrl}*") String tenant) {
    accounts.join(user, tenant);
    audit.append(user, "billing.join", tenant);
  }
}
