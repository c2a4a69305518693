package ai.hartonomous.platform.money.provider;

import ai.hartonomous.platform.tenant.Columns;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The tables of payments. Events are of several tenants, so this is plain SQL: what tenants are
/// shown names them.
@Component
class PaymentRows {

  private final JdbcClient jdbc;

  PaymentRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// How far the payment of an invoice is.
  enum State {
    /// Nobody has begun.
    UNPAID,
    /// The tenant is about to pay.
    OPEN,
    /// The provider has the money.
    PAID,
    /// The last attempt failed; another may follow.
    DECLINED,
    /// The tenant has the money back.
    REFUNDED
  }

  /// A payment.
  ///
  /// @param intent the provider's name for it
  /// @param state how far it is
  record Payment(String intent, State state) {}

  Optional<Payment> find(String tenant, UUID invoice) {
    return jdbc.sql(
            "select intent, state from invoice_payment where user_id = ? and invoice_id = ?")
        .params(tenant, invoice)
        .query(
            (row, _) -> new Payment(row.getString("intent"), State.valueOf(row.getString("state"))))
        .optional();
  }

  /// Stores a payment that begins.
  ///
  /// @throws org.springframework.dao.DuplicateKeyException if there is one
  void insert(String tenant, UUID invoice, Payment payment) {
    jdbc.sql(
            "insert into invoice_payment (id, user_id, created, updated, deleted, invoice_id,"
                + " intent, state) values (?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Columns.id(),
            tenant,
            Columns.now(),
            Columns.now(),
            false,
            invoice,
            payment.intent(),
            payment.state().name())
        .update();
  }

  /// Notes that the provider has the money, or gave it back.
  void set(String tenant, UUID invoice, Payment payment) {
    int changed =
        jdbc.sql(
                "update invoice_payment set intent = ?, state = ?, updated = ?"
                    + " where user_id = ? and invoice_id = ?")
            .params(payment.intent(), payment.state().name(), Columns.now(), tenant, invoice)
            .update();
    if (changed == 0) {
      insert(tenant, invoice, payment);
    }
  }

  /// Notes that an attempt failed, unless there is better news already: events come in any order.
  void decline(String tenant, UUID invoice, String intent) {
    jdbc.sql(
            "update invoice_payment set state = ?, updated = ?"
                + " where user_id = ? and invoice_id = ? and intent = ? and state = ?")
        .params(State.DECLINED.name(), Columns.now(), tenant, invoice, intent, State.OPEN.name())
        .update();
  }

  boolean isKnown(String event) {
    return jdbc.sql("select count(*) from provider_event where event_id = ?")
            .param(event)
            .query(Long.class)
            .single()
        > 0;
  }

  /// Notes an event.
  ///
  /// @throws org.springframework.dao.DuplicateKeyException if it was noted before
  void insert(String user, String event, String kind) {
    jdbc.sql(
            "insert into provider_event (id, user_id, created, updated, deleted, event_id, kind)"
                + " values (?, ?, ?, ?, ?, ?, ?)")
        .params(Columns.id(), user, Columns.now(), Columns.now(), false, event, kind)
        .update();
  }
}
