package ai.hartonomous.platform.money.payout;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.Settings;
import ai.hartonomous.platform.money.Amounts;
import ai.hartonomous.platform.money.Ledger;
import ai.hartonomous.platform.money.Ledger.Transfer;
import ai.hartonomous.platform.money.payout.Payout.Batch;
import ai.hartonomous.platform.money.payout.Payout.Order;
import ai.hartonomous.platform.money.payout.Payout.State;
import ai.hartonomous.platform.money.payout.Payout.Whole;
import ai.hartonomous.platform.tenant.Columns;
import ai.hartonomous.platform.web.Problem;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Pays owners. A batch takes what each of them has to get from `payable:OWNER` to `in-transit`;
/// when it was paid it goes on to `cash`, when it failed it goes back. Each step changes the state
/// of a payout and the ledger in one transaction, and once: a statement that expects the former
/// state sees to it.
@Service
public class Payouts {

  private static final String TRANSIT = "in-transit";
  private static final String FAILED = "payout-failed:";

  private final PayoutRows rows;
  private final PayoutAccounts accounts;
  private final Ledger ledger;
  private final MoneySettings settings;

  Payouts(PayoutRows rows, PayoutAccounts accounts, Ledger ledger, Settings settings) {
    this.rows = rows;
    this.accounts = accounts;
    this.ledger = ledger;
    this.settings = settings.money();
  }

  /// Makes a batch for all owners with an account who have at least the minimum to get. Others keep
  /// what they have.
  ///
  /// @param author who orders it
  /// @param order what is wanted
  /// @param now the time
  /// @return the batch; if its key is known, the one that was made then
  /// @throws ai.hartonomous.platform.web.ProblemException if the key is that of another order, or
  ///   there is nothing to pay
  /// @throws org.springframework.dao.DuplicateKeyException if the same batch is being made
  @Transactional
  public Whole make(String author, Order order, Instant now) {
    Batch before = rows.batch(order.key()).orElse(null);
    if (before != null) {
      return known(before, order);
    }
    var batch = new Batch(Columns.id(), order, now);
    rows.insert(author, batch);
    for (String owner : accounts.owners(order.method())) {
      accounts.lock(owner).ifPresent(it -> pay(batch, owner, it));
    }
    List<Payout> made = rows.of(batch.id());
    if (made.isEmpty()) {
      throw Problem.unprocessable("nothing-to-pay", "No owner with an account has enough to get.");
    }
    return new Whole(batch, made);
  }

  private Whole known(Batch before, Order order) {
    if (!before.order().equals(order)) {
      throw Problem.conflict("Another batch has this key.");
    }
    return new Whole(before, rows.of(before.id()));
  }

  private void pay(Batch batch, String owner, PayoutAccount account) {
    BigDecimal amount = due(owner, batch.order());
    if (amount.signum() <= 0 || amount.compareTo(settings.payouts().minimum()) < 0) {
      return;
    }
    var payout =
        new Payout(
            Columns.id(),
            batch.id(),
            owner,
            batch.order().currency(),
            amount,
            State.PENDING,
            account,
            null,
            "",
            "",
            batch.made());
    rows.insert(payout);
    var transfer = new Transfer("payable:" + owner, TRANSIT, amount);
    ledger.book(made(payout.id()), owner, payout.currency(), List.of(transfer));
  }

  /// {@return what an owner has to get: what they have, without what they earned later. A payout
  /// that came back was not earned then}
  private BigDecimal due(String owner, Order order) {
    String account = "payable:" + owner;
    BigDecimal has = ledger.balance(account, order.currency());
    BigDecimal later = ledger.arrived(account, order.currency(), order.before(), FAILED);
    return has.subtract(later).setScale(Amounts.digits(order.currency()), RoundingMode.FLOOR);
  }

  private static String made(UUID payout) {
    return "payout:" + payout;
  }

  private static String paid(UUID payout) {
    return "payout-paid:" + payout;
  }

  /// {@return a batch with its payouts}
  ///
  /// @param id of the batch
  public Optional<Whole> find(UUID id) {
    return rows.batch(id).map(it -> new Whole(it, rows.of(id)));
  }

  /// {@return a payout}
  ///
  /// @param id of the payout
  public Optional<Payout> payout(UUID id) {
    return rows.find(id);
  }

  /// Notes that the provider is asked to pay, before it is asked.
  ///
  /// @param payout its id
  /// @param when the time
  public void attempt(UUID payout, Instant when) {
    rows.attempt(payout, when);
  }

  /// Notes that the provider will not pay, so that the payout may be taken back.
  ///
  /// @param payout its id
  /// @param reason in at most 200 characters
  public void refuse(UUID payout, String reason) {
    rows.refuse(payout, reason);
  }

  /// Notes why nobody knows whether the provider has paid.
  ///
  /// @param payout its id
  /// @param reason in at most 200 characters
  public void explain(UUID payout, String reason) {
    rows.explain(payout, reason);
  }

  /// Books that a payout was paid. One that is paid already is passed over.
  ///
  /// @param payout what was paid
  /// @param reference what the provider calls it, or empty
  /// @return whether this was new
  @Transactional
  public boolean settle(Payout payout, String reference) {
    if (!rows.move(payout.id(), State.PENDING, State.PAID, reference, "")) {
      return false;
    }
    var transfer = new Transfer(TRANSIT, "cash", payout.amount());
    return ledger.book(paid(payout.id()), payout.owner(), payout.currency(), List.of(transfer));
  }

  /// Books that a payout failed or came back: its owner has it to get again. One that failed
  /// already is passed over.
  ///
  /// @param payout what failed
  /// @param reason in at most 200 characters
  /// @return whether this was new
  @Transactional
  public boolean fail(Payout payout, String reason) {
    boolean moved =
        rows.move(payout.id(), State.PENDING, State.FAILED, payout.reference(), reason)
            || rows.move(payout.id(), State.PAID, State.FAILED, payout.reference(), reason);
    if (!moved) {
      return false;
    }
    List<Transfer> back =
        Stream.concat(ledger.of(paid(payout.id())).stream(), ledger.of(made(payout.id())).stream())
            .map(Transfer::back)
            .toList();
    return ledger.book(FAILED + payout.id(), payout.owner(), payout.currency(), back);
  }
}
