package ai.hartonomous.platform.money.payout;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What one owner gets in a batch.
///
/// @param id its id, which the bank and the provider are told
/// @param batch the batch
/// @param owner who gets it
/// @param currency ISO 4217
/// @param amount above 0, in whole cents
/// @param state how far it is
/// @param account where it goes, as it was when the batch was made
/// @param attempted when the provider was asked first, or null
/// @param reference what the provider calls it, or empty
/// @param reason why it failed, or the last answer of the provider; or empty
/// @param made when the batch was made
public record Payout(
    UUID id,
    UUID batch,
    String owner,
    String currency,
    BigDecimal amount,
    State state,
    PayoutAccount account,
    @Nullable Instant attempted,
    String reference,
    String reason,
    Instant made) {

  /// How far a payout is.
  public enum State {
    /// In a batch.
    PENDING,
    /// The bank or the provider has done it.
    PAID,
    /// It came back: the owner has it to get again.
    FAILED
  }

  /// How a batch is paid.
  public enum Method {
    /// A file for the bank.
    FILE,
    /// Transfers of the payment provider.
    PROVIDER
  }

  /// {@return the id as banks take it: 32 letters and digits}
  public String endToEnd() {
    return id.toString().replace("-", "");
  }

  /// Payouts that were made together.
  ///
  /// @param id its id
  /// @param order what was wanted
  /// @param made when
  public record Batch(UUID id, Order order, Instant made) {

    /// {@return the id as banks take it: 32 letters and digits}
    public String message() {
      return id.toString().replace("-", "");
    }
  }

  /// What is to be paid out.
  ///
  /// @param key what makes the batch known; ordered again, nothing is paid twice
  /// @param method how
  /// @param currency ISO 4217
  /// @param before counts what was booked before this moment
  public record Order(String key, Method method, String currency, Instant before) {}

  /// A batch with its payouts.
  ///
  /// @param batch the head
  /// @param payouts in the order of their owners
  public record Whole(Batch batch, List<Payout> payouts) {

    /// Copies the list.
    public Whole {
      payouts = List.copyOf(payouts);
    }

    /// {@return all together}
    public BigDecimal total() {
      return payouts.stream().map(Payout::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
  }
}
