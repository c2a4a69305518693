package ai.hartonomous.platform.money.provider;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What the platform asks of a payment provider. Whatever is asked twice with the same id is done
/// once.
interface PaymentProvider {

  /// {@return its name in the keys of postings: small letters}
  String name();

  /// {@return whether the settings have what it needs}
  boolean isReady();

  /// What a tenant has to pay.
  ///
  /// @param tenant who
  /// @param invoice for what
  record Claim(String tenant, UUID invoice) {}

  /// An attempt to collect, which the tenant's browser goes on with.
  ///
  /// @param id the provider's name for it
  /// @param secret lets who has it go on with the payment; told to the tenant alone, never stored
  /// @param state the provider's word for how far it is
  record Intent(String id, String secret, String state) {

    /// {@return without the secret}
    @Override
    public String toString() {
      return "Intent[id=%s, state=%s]".formatted(id, state);
    }
  }

  /// Begins to collect an amount.
  ///
  /// @param claim what for
  /// @param amount above 0, in whole cents
  /// @param currency ISO 4217
  /// @throws PaymentException if the provider does not do it
  Intent collect(Claim claim, BigDecimal amount, String currency) throws PaymentException;

  /// {@return what became of an attempt}
  ///
  /// @param id the provider's name for it
  /// @throws PaymentException if the provider does not tell
  Intent intent(String id) throws PaymentException;

  /// Pays an owner.
  ///
  /// @param payout its id
  /// @param destination the owner's account at the provider
  /// @param amount above 0, in whole cents
  /// @param currency ISO 4217
  /// @return the provider's name for it
  /// @throws PaymentException if the provider does not do it, or does not answer
  String pay(UUID payout, String destination, BigDecimal amount, String currency)
      throws PaymentException;

  /// {@return the provider's name for a payout that it has done, however long ago}
  ///
  /// @param payout its id
  /// @throws PaymentException if the provider does not tell
  Optional<String> paid(UUID payout) throws PaymentException;

  /// {@return what the provider tells}
  ///
  /// @param body as it came, byte by byte
  /// @param signature header that came with it
  /// @param now the time
  /// @throws SignatureException if the provider did not send it, or too long ago
  ProviderEvent event(byte[] body, String signature, Instant now) throws SignatureException;

  /// Nobody knows whose word something is.
  final class SignatureException extends Exception {

    SignatureException(String message) {
      super(message);
    }
  }
}
