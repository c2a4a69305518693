package ai.hartonomous.platform.money.payout;

import ai.hartonomous.platform.money.Amounts;
import ai.hartonomous.platform.money.payout.Payout.Whole;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes a batch as CSV (RFC 4180), one payout on each line.
final class PayoutCsv {

  private static final List<String> HEAD =
      List.of(
          "batch",
          "reference",
          "owner",
          "name",
          "iban",
          "bic",
          "destination",
          "amount",
          "currency",
          "state");

  private PayoutCsv() {}

  static String of(Whole batch) {
    return Stream.concat(Stream.of(HEAD), batch.payouts().stream().map(it -> cells(batch, it)))
        .map(cells -> cells.stream().map(PayoutCsv::quoted).collect(Collectors.joining(",")))
        .collect(Collectors.joining("\r\n", "", "\r\n"));
  }

  private static List<String> cells(Whole batch, Payout payout) {
    PayoutAccount account = payout.account();
    Iban iban = account.iban();
    return List.of(
        batch.batch().order().key(),
        payout.endToEnd(),
        payout.owner(),
        account.name(),
        iban == null ? "" : iban.plain(),
        account.bic(),
        account.destination(),
        Amounts.text(payout.amount(), payout.currency()),
        payout.currency(),
        payout.state().name().toLowerCase(Locale.ROOT));
  }

  /// Sheets compute what begins like a formula; an apostrophe keeps it a text.
  private static String quoted(String cell) {
    String safe = cell.matches("[=+@\\t\\r-].*") ? "'" + cell : cell;
    return safe.matches("[A-Za-z0-9._-]*") ? safe : "\"" + safe.replace("\"", "\"\"") + "\"";
  }
}
