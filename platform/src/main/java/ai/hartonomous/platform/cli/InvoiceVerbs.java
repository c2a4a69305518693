package ai.hartonomous.platform.cli;

import ai.hartonomous.platform.cli.Verb.Answer;
import ai.hartonomous.platform.cli.Verb.Method;
import java.util.List;
import java.util.UUID;

/// What tenants have to pay: verbs of `invoice`.
final class InvoiceVerbs {

  /// An invoice with its lines.
  static final Answer WHOLE =
      Verb.fields(
              "id",
              "number",
              "kind",
              "tenant",
              "begins",
              "ends",
              "net",
              "taxCode",
              "tax",
              "total",
              "currency",
              "refersTo",
              "state",
              "paid",
              "due")
          .above("lines", "item", "description", "quantity", "amount");

  private static final Answer PAYMENT =
      Verb.fields("state", "amount", "currency", "intent", "clientSecret");

  private static final String ANY = "0199b2e4-7c1d-7a30-9a53-3f0f6a1f2b11";
  private static final Input INVOICE = Input.path("invoice", UUID.class, "Id of the invoice.");
  private static final Input TENANT = Input.text("user", "The tenant.").inQuery();

  static final List<Verb> ALL =
      List.of(
          Verb.of(
                  "invoice show",
                  Method.GET,
                  "/v1/invoices/{invoice}",
                  "Shows an invoice or credit note of a tenant (--as) with its lines.")
              .with(INVOICE)
              .prints(WHOLE)
              .example(ANY + " --as ann"),
          Verb.of(
                  "invoice credit",
                  Method.POST,
                  "/v1/admin/invoices/{invoice}/credit-note",
                  "Takes an invoice back by a credit note, with the shares of everybody.")
              .with(INVOICE, TENANT)
              .prints(WHOLE)
              .example(ANY + " --user ann"),
          Verb.of(
                  "invoice payment show",
                  Method.GET,
                  "/v1/invoices/{invoice}/payment",
                  "Shows how far the payment of an invoice of a tenant (--as) is.")
              .with(INVOICE)
              .prints(PAYMENT)
              .example(ANY + " --as ann"),
          Verb.of(
                  "invoice payment start",
                  Method.POST,
                  "/v1/invoices/{invoice}/payment",
                  "Begins to pay an invoice of a tenant (--as) through the payment provider, or"
                      + " shows the payment that was begun.")
              .with(INVOICE)
              .prints(PAYMENT)
              .example(ANY + " --as ann"));

  private InvoiceVerbs() {}
}
