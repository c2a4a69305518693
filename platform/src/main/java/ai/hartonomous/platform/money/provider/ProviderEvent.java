package ai.hartonomous.platform.money.provider;

import ai.hartonomous.platform.money.provider.PaymentProvider.Claim;
import java.math.BigDecimal;
import java.util.UUID;

/// Something that a payment provider tells.
sealed interface ProviderEvent {

  /// {@return what tells it from all others, at most 100 characters}
  String id();

  /// {@return the provider's word for it, at most 100 characters}
  String kind();

  /// A tenant has paid.
  ///
  /// @param intent the attempt
  /// @param amount above 0
  record Collected(
      String id, String kind, String intent, Claim claim, BigDecimal amount, String currency)
      implements ProviderEvent {}

  /// A tenant could not pay.
  ///
  /// @param intent the attempt
  record Declined(String id, String kind, String intent, Claim claim) implements ProviderEvent {}

  /// A tenant got money back.
  ///
  /// @param amount above 0: what came to what was given back before
  /// @param whole whether all is given back now
  record Refunded(
      String id, String kind, Claim claim, BigDecimal amount, String currency, boolean whole)
      implements ProviderEvent {}

  /// A payout came back as a whole.
  ///
  /// @param payout its id
  record Returned(String id, String kind, UUID payout) implements ProviderEvent {}

  /// Nothing that concerns the platform.
  record Other(String id, String kind) implements ProviderEvent {}
}
