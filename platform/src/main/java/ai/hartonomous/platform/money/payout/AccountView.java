package ai.hartonomous.platform.money.payout;

import org.jspecify.annotations.Nullable;

/// Where an owner wants their money, without what could be misused.
///
/// @param name holder of the bank account; left out without one
/// @param iban country and last four places; left out without one
/// @param bic its bank; left out if not known
/// @param destination account at the payment provider; left out without one
public record AccountView(
    @Nullable String name,
    @Nullable String iban,
    @Nullable String bic,
    @Nullable String destination) {

  static AccountView of(PayoutAccount account) {
    Iban iban = account.iban();
    return new AccountView(
        some(account.name()),
        iban == null ? null : iban.masked(),
        some(account.bic()),
        some(account.destination()));
  }

  private static @Nullable String some(String text) {
    return text.isEmpty() ? null : text;
  }
}
