package ai.hartonomous.platform.money.payout;

import ai.hartonomous.platform.money.Amounts;
import ai.hartonomous.platform.money.payout.Payout.Method;
import ai.hartonomous.platform.money.payout.Payout.State;
import ai.hartonomous.platform.money.payout.Payout.Whole;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What administrators are told of a batch. Amounts are decimals.
///
/// @param id its id
/// @param key what makes it known
/// @param method how it is paid
/// @param currency ISO 4217
/// @param before counts what was booked before this moment
/// @param made when
/// @param total all payouts together
/// @param payouts in the order of their owners
public record BatchView(
    UUID id,
    String key,
    Method method,
    String currency,
    Instant before,
    Instant made,
    String total,
    List<ItemView> payouts) {

  /// Copies the list.
  public BatchView {
    payouts = List.copyOf(payouts);
  }

  /// {@return what is told of a batch}
  ///
  /// @param whole the batch
  public static BatchView of(Whole whole) {
    Payout.Order order = whole.batch().order();
    return new BatchView(
        whole.batch().id(),
        order.key(),
        order.method(),
        order.currency(),
        order.before(),
        whole.batch().made(),
        Amounts.text(whole.total(), order.currency()),
        whole.payouts().stream().map(ItemView::of).toList());
  }

  /// A payout of a batch.
  ///
  /// @param id its id
  /// @param owner who gets it
  /// @param amount how much
  /// @param state how far it is
  /// @param account where it goes
  /// @param reference what the provider calls it; left out for files
  /// @param reason why it failed, or the provider's last answer; left out otherwise
  public record ItemView(
      UUID id,
      String owner,
      String amount,
      State state,
      AccountView account,
      @Nullable String reference,
      @Nullable String reason) {

    static ItemView of(Payout payout) {
      return new ItemView(
          payout.id(),
          payout.owner(),
          Amounts.text(payout.amount(), payout.currency()),
          payout.state(),
          AccountView.of(payout.account()),
          payout.reference().isEmpty() ? null : payout.reference(),
          payout.reason().isEmpty() ? null : payout.reason());
    }
  }
}
