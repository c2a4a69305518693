package ai.hartonomous.platform.money;

import ai.hartonomous.platform.money.Invoice.Kind;
import ai.hartonomous.platform.money.InvoiceParts.Part;
import ai.hartonomous.platform.money.Ledger.Transfer;
import ai.hartonomous.platform.money.Tenants.Account;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/// Books what is billed: what is owed, or was taken from a wallet, is divided between all whose
/// work it was. Runs in the transaction that makes the invoice.
@Component
class BillBooks {

  private final Ledger ledger;
  private final RevenueSplit split;
  private final Sales sales;

  BillBooks(Ledger ledger, RevenueSplit split, Sales sales) {
    this.ledger = ledger;
    this.split = split;
    this.sales = sales;
  }

  /// Books an invoice, and notes what was sold with it.
  ///
  /// @param account who pays
  /// @param invoice the head
  /// @param billed what it is made of
  void book(Account account, Invoice invoice, List<Part> billed) {
    String tenant = account.tenant();
    String pot = "sales:" + tenant;
    List<Transfer> transfers = new ArrayList<>();
    if (invoice.kind() == Kind.INVOICE) {
      move(transfers, "owed:" + tenant, pot, invoice.net());
      move(transfers, "owed:" + tenant, "tax:" + invoice.tax().code(), invoice.tax().amount());
    } else {
      // The wallet paid each call exactly; whole cents are divided.
      BigDecimal exact = billed.stream().map(Part::exact).reduce(BigDecimal.ZERO, BigDecimal::add);
      move(transfers, "rounding", pot, invoice.net().subtract(exact));
    }
    BigDecimal rest = invoice.net();
    for (Part part : billed) {
      List<Transfer> shares = divided(part, pot, account.currency());
      sales.add(invoice, account.zone(), part, shares);
      for (Transfer share : shares) {
        rest = rest.subtract(share.amount());
      }
      transfers.addAll(shares);
    }
    move(transfers, pot, "commission", rest); // a minimum that no agent has earned
    ledger.book(invoice.posting(), tenant, account.currency(), transfers);
  }

  private List<Transfer> divided(Part part, String pot, String currency) {
    List<Transfer> shares = new ArrayList<>();
    part.earned(currency)
        .forEach(
            (agent, amount) -> {
              if (amount.signum() > 0) {
                shares.addAll(split.of(pot, amount, currency, agent));
              }
            });
    return shares;
  }

  private static void move(
      List<Transfer> transfers, String source, String target, BigDecimal amount) {
    if (amount.signum() != 0) {
      var transfer =
          amount.signum() > 0
              ? new Transfer(source, target, amount)
              : new Transfer(/* source= */ target, /* target= */ source, amount.negate());
      transfers.add(transfer);
    }
  }

  /// Books an invoice back, with every share of it.
  ///
  /// @param invoice what is taken back
  /// @param posting key of the new posting
  void takeBack(Invoice invoice, String posting) {
    sales.takeBack(invoice.posting(), posting);
    ledger.book(
        posting,
        invoice.tenant(),
        invoice.currency(),
        ledger.of(invoice.posting()).stream().map(Transfer::back).toList());
  }
}
