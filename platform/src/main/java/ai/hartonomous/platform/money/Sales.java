package ai.hartonomous.platform.money;

import ai.hartonomous.platform.metering.AgentUse;
import ai.hartonomous.platform.metering.Use;
import ai.hartonomous.platform.money.InvoiceParts.Part;
import ai.hartonomous.platform.money.Ledger.Transfer;
import ai.hartonomous.platform.money.Offers.Offer;
import ai.hartonomous.platform.tenant.Columns;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/// What was sold of each offer, kept beside the postings that book it, so that sellers see sums
/// that agree with the ledger and nothing of who bought. Rows are the seller's and written when
/// others are billed, so this is plain SQL: reading names the seller.
@Service
public class Sales {

  private static final String SALE = "SALE";
  private static final String REFUND = "REFUND";

  private static final String COLUMNS =
      "user_id, posting, kind, calendar_month, offer_id, name, currency, calls, tokens_in,"
          + " tokens_cached, tokens_out, gross, commission, owners, net";

  private final JdbcClient jdbc;

  Sales(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// What was sold of an offer in a month of the buyers' calendars. Gross less refunds is
  /// commission, owners and net together.
  ///
  /// @param offer its id
  /// @param name as invoices call it
  /// @param currency ISO 4217
  /// @param calls how many were charged
  /// @param inputTokens tokens that were read
  /// @param cachedTokens those of them that had been before
  /// @param outputTokens tokens that were written
  /// @param gross what was billed before taxes
  /// @param refunds what of it was taken back
  /// @param commission what the platform keeps of what is left
  /// @param owners what the owners of source models get, the seller not among them
  /// @param net what the seller gets
  public record Sale(
      UUID offer,
      String name,
      String currency,
      long calls,
      long inputTokens,
      long cachedTokens,
      long outputTokens,
      BigDecimal gross,
      BigDecimal refunds,
      BigDecimal commission,
      BigDecimal owners,
      BigDecimal net) {}

  /// Notes what was sold with a part of an invoice, if that is of an offer. Runs in the transaction
  /// that books it.
  ///
  /// @param shares how it is divided
  void add(Invoice invoice, ZoneId zone, Part part, List<Transfer> shares) {
    Offer offer = part.offer();
    if (offer == null) {
      return;
    }
    Use use = part.used().stream().map(AgentUse::use).reduce(Use.NONE, Use::plus);
    BigDecimal commission = to("commission", shares);
    BigDecimal net = to("payable:" + offer.seller(), shares);
    BigDecimal gross =
        shares.stream().map(Transfer::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    insert(
        new Row(
            offer.seller(),
            invoice.posting(),
            SALE,
            YearMonth.from(invoice.begins().atZone(zone)).toString(),
            new Sale(
                offer.id(),
                offer.name(),
                invoice.currency(),
                use.calls(),
                use.input(),
                use.cached(),
                use.output(),
                gross,
                BigDecimal.ZERO,
                commission,
                gross.subtract(commission).subtract(net),
                net)));
  }

  private static BigDecimal to(String account, List<Transfer> shares) {
    return shares.stream()
        .filter(it -> it.target().equals(account))
        .map(Transfer::amount)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /// Notes that an invoice was taken back, and with it what was sold. Runs in the transaction that
  /// books it.
  ///
  /// @param posting of the invoice
  /// @param note posting of the credit note
  void takeBack(String posting, String note) {
    List<Row> sold =
        jdbc.sql("select " + COLUMNS + " from sale where posting = ? order by offer_id")
            .param(posting)
            .query((row, _) -> row(row))
            .list();
    for (Row one : sold) {
      Sale sale = one.sale();
      insert(
          new Row(
              one.seller(),
              note,
              REFUND,
              one.month(),
              new Sale(
                  sale.offer(),
                  sale.name(),
                  sale.currency(),
                  0,
                  0,
                  0,
                  0,
                  sale.gross().negate(),
                  BigDecimal.ZERO,
                  sale.commission().negate(),
                  sale.owners().negate(),
                  sale.net().negate())));
    }
  }

  /// {@return what a seller sold in a month, by offer, in the order of their names}
  ///
  /// @param seller whose offers
  /// @param month of the buyers' calendars
  public List<Sale> of(String seller, YearMonth month) {
    return jdbc.sql(
            "select offer_id, name, currency, sum(calls) as calls, sum(tokens_in) as tokens_in,"
                + " sum(tokens_cached) as tokens_cached, sum(tokens_out) as tokens_out,"
                + " sum(case when kind = 'SALE' then gross else 0 end) as gross,"
                + " sum(case when kind = 'SALE' then 0 else -gross end) as refunds,"
                + " sum(commission) as commission, sum(owners) as owners, sum(net) as net"
                + " from sale where user_id = ? and calendar_month = ?"
                + " group by offer_id, name, currency order by name, offer_id")
        .params(seller, month.toString())
        .query((row, _) -> sale(row, row.getBigDecimal("refunds")))
        .list();
  }

  private record Row(String seller, String posting, String kind, String month, Sale sale) {}

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString("user_id"),
        row.getString("posting"),
        row.getString("kind"),
        row.getString("calendar_month"),
        sale(row, BigDecimal.ZERO));
  }

  private static Sale sale(ResultSet row, BigDecimal refunds) throws SQLException {
    return new Sale(
        row.getObject("offer_id", UUID.class),
        row.getString("name"),
        row.getString("currency"),
        row.getLong("calls"),
        row.getLong("tokens_in"),
        row.getLong("tokens_cached"),
        row.getLong("tokens_out"),
        row.getBigDecimal("gross"),
        refunds,
        row.getBigDecimal("commission"),
        row.getBigDecimal("owners"),
        row.getBigDecimal("net"));
  }

  private void insert(Row row) {
    Sale sale = row.sale();
    jdbc.sql(
            "insert into sale (id, created, updated, deleted, "
                + COLUMNS
                + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Columns.id(),
            Columns.now(),
            Columns.now(),
            false,
            row.seller(),
            row.posting(),
            row.kind(),
            row.month(),
            sale.offer(),
            sale.name(),
            sale.currency(),
            sale.calls(),
            sale.inputTokens(),
            sale.cachedTokens(),
            sale.outputTokens(),
            sale.gross(),
            sale.commission(),
            sale.owners(),
            sale.net())
        .update();
  }
}
