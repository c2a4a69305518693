package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.cli.Verb.Method;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/// What bounds use and how tenants pay: `budget`, `billing` and `licence`.
final class BillingVerbs {

  private static final String[] BUDGET = {
    "id", "scope", "subject", "measure", "period", "author", "most", "reserved", "spent"
  };

  private static final String[] STANDING = {
    "tenant", "currency", "zone", "terms", "taxCode", "plan", "version", "from"
  };

  static final List<Verb> ALL =
      List.of(
          Verb.of(
                  "budget list",
                  Method.LIST,
                  "/v1/budgets",
                  "Lists the budgets of a user (--as) and their keys, with what is spent in the"
                      + " present period.")
              .prints(Verb.table(BUDGET))
              .example("--as ann"),
          Verb.of(
                  "budget set",
                  Method.PUT,
                  "/v1/budgets",
                  "Sets a budget of a user (--as) or of one of their keys; with --user, as an"
                      + " administrator, beside those that the user set. A budget of the same"
                      + " scope, measure and period is changed.")
              .with(
                  Input.text("scope", "Whose use counts; tenant needs --user.")
                      .among("user", "key", "tenant")
                      .optional()
                      .usually("user"),
                  Input.of("key", UUID.class, "Id of the API key, with --scope key.").optional(),
                  Input.text("measure", "What is counted.").among("requests", "tokens", "money"),
                  Input.text("period", "After which it begins anew; never with total.")
                      .among("day", "month", "total"),
                  Input.of("most", BigDecimal.class, "How much."),
                  Input.otherUser("User or tenant whom an administrator bounds."))
              .prints(Verb.fields(BUDGET))
              .example("--measure tokens --period month --most 1000000 --as ann"),
          Verb.of(
                  "budget remove",
                  Method.DELETE,
                  "/v1/budgets/{budget}",
                  "Ends a budget of a user (--as), or with --user, as an administrator, any.")
              .with(
                  Input.path("budget", UUID.class, "Id of the budget."),
                  Input.otherUser("User or tenant whom it bounds."))
              .prints(Verb.done("Removed."))
              .example("0199b2e4-7c1d-7a30-9a53-3f0f6a1f2b11 --as ann"),
          Verb.of(
                  "billing set",
                  Method.PUT,
                  "/v1/admin/billing",
                  "Sets how a tenant pays and by which prices. The first prices hold from the"
                      + " present month on, others from the next. Currency and zone never change.")
              .with(
                  Input.text("user", "The tenant.").inQuery(),
                  Input.text("currency", "ISO 4217."),
                  Input.text("zone", "Whose calendar is billed.").optional().usually("UTC"),
                  Input.text("terms", "When the tenant pays.").among("prepaid", "postpaid"),
                  Input.text("tax-code", "A rate of the settings; for terms postpaid.").optional(),
                  Input.text("plan", "Code of the plan."),
                  Input.of("version", Integer.class, "Which of its versions."))
              .prints(Verb.fields(STANDING))
              .example("--user ann --currency EUR --terms postpaid --plan standard --version 1"),
          Verb.of(
                  "billing show",
                  Method.LIST,
                  "/v1/billing",
                  "Shows how a tenant (--as) pays, now and from later months on; with --user, as an"
                      + " administrator, how anybody does.")
              .with(Input.otherUser("The tenant."))
              .prints(Verb.table(STANDING))
              .example("--user ann"),
          Verb.of(
                  "billing members",
                  Method.LIST,
                  "/v1/billing/members",
                  "Lists for whom a tenant (--as) pays; with --user, as an administrator, for whom"
                      + " anybody does.")
              .with(Input.otherUser("The tenant."))
              .prints(Verb.table("user", "since"))
              .example("--user ann"),
          Verb.of(
                  "billing join",
                  Method.PUT,
                  "/v1/admin/members",
                  "Lets a tenant pay for a user from now on.")
              .with(
                  Input.text("user", "The user.").inQuery(),
                  Input.text("tenant", "Who pays.").inQuery())
              .prints(Verb.done("Joined."))
              .example("--user bob --tenant ann"),
          Verb.of(
                  "licence sell",
                  Method.POST,
                  "/v1/admin/licences",
                  "Bills a licence of a model, once by its key. It bills; it opens no door.")
              .with(
                  Input.text("key", "Makes the sale known; sent again it changes nothing."),
                  Input.text("buyer", "Who pays."),
                  Input.text("owner", "Who sells."),
                  Input.of("model-id", UUID.class, "A model of the owner."),
                  Input.of("amount", BigDecimal.class, "Before taxes, in the buyer's currency."))
              .prints(InvoiceVerbs.WHOLE)
              .example(
                  "--key deal-7 --buyer ann --owner bob --amount 99.99"
                      + " --model-id 0199b2e4-7c1d-7a30-9a53-3f0f6a1f2b11"));

  private BillingVerbs() {}
}
