package ai.hartonomous.platform.money.payout;

import org.jspecify.annotations.Nullable;

/// Where an owner wants their money.
///
/// @param name holder of the bank account; empty without one
/// @param iban the bank account, or null
/// @param bic its bank, or empty
/// @param destination account at the payment provider, or empty
public record PayoutAccount(String name, @Nullable Iban iban, String bic, String destination) {

  /// {@return without what is nobody's business}
  @Override
  public String toString() {
    return "PayoutAccount[iban=%s]".formatted(iban);
  }
}
