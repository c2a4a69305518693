package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.cli.Verb.Answer;
import ai.hartonomous.platform.cli.Verb.Method;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// What tenants have paid in: verbs of `wallet`.
final class WalletVerbs {

  private static final Answer TOP_UP = Verb.lines(WalletVerbs::topUp);

  static final List<Verb> ALL =
      List.of(
          Verb.of(
                  "wallet show",
                  Method.GET,
                  "/v1/wallet",
                  "Shows what is in the wallet of a tenant (--as), what calls hold of it and what"
                      + " it owes.")
              .prints(Verb.lines(WalletVerbs::wallet))
              .example("--as ann"),
          Verb.of(
                  "wallet list",
                  Method.LIST,
                  "/v1/wallet/top-ups",
                  "Lists the top-ups of a tenant (--as), and how far they are.")
              .prints(TOP_UP)
              .example("--as ann"),
          Verb.of(
                  "wallet top-up",
                  Method.POST,
                  "/v1/wallet/top-ups",
                  "Says where a tenant (--as) can pay into the wallet.")
              .with(
                  Input.word("amount", BigDecimal.class, "In the tenant's currency."),
                  Input.text(
                          "key", "Makes the top-up known: the same key goes on with the same one.")
                      .optional())
              .prints(TOP_UP)
              .example("50 --key first --as ann"),
          Verb.of(
                  "wallet cancel",
                  Method.DELETE,
                  "/v1/wallet/top-ups/{topup}",
                  "Ends a top-up that nobody has paid. One that is over stays as it is.")
              .with(Input.path("topup", UUID.class, "Id of the top-up."))
              .prints(TOP_UP)
              .example("0199b2e4-7c1d-7a30-9a53-3f0f6a1f2b11 --as ann"),
          Verb.of(
                  "wallet pay-in",
                  Method.POST,
                  "/v1/admin/payments",
                  "Books a payment into a tenant's wallet, once by its key.")
              .with(
                  Input.text("user", "The tenant.").inQuery(),
                  Input.text("payment", "Makes it known, such as its number at the bank."),
                  Input.of("amount", BigDecimal.class, "In the tenant's currency."))
              .prints(Verb.fields("balance", "held", "owed", "currency"))
              .example("--user ann --payment bank-4711 --amount 50"));

  private WalletVerbs() {}

  private static String wallet(JsonNode wallet) {
    String owed = wallet.get("owed").asString();
    return "%s%s, %s held by calls%s"
        .formatted(
            wallet.get("balance").asString(),
            wallet.has("currency") ? " " + wallet.get("currency").asString() : "",
            wallet.get("held").asString(),
            owed.equals("0") ? "" : ", %s owed".formatted(owed));
  }

  private static String topUp(JsonNode topUp) {
    return "%s %12s %s %-9s %s"
        .formatted(
            topUp.get("id").asString(),
            topUp.get("amount").asString(),
            topUp.get("currency").asString(),
            topUp.get("state").asString(),
            topUp.path("url").asString(topUp.path("reason").asString("")))
        .stripTrailing();
  }
}
