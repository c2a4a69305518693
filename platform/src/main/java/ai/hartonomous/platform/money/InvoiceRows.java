package ai.hartonomous.platform.money;

import ai.hartonomous.platform.money.Invoice.Kind;
import ai.hartonomous.platform.money.Invoice.Line;
import ai.hartonomous.platform.money.Invoice.Serial;
import ai.hartonomous.platform.money.Invoice.Tax;
import ai.hartonomous.platform.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The tables of invoices. They are made by administrators for tenants, so this is plain SQL: every
/// statement names the tenant.
@Component
public class InvoiceRows {

  private static final String COLUMNS =
      "id, tenant, posting, kind, calendar_year, sequence, currency, begins, ends, net, tax_code,"
          + " tax_percent, tax, refers_to, created";

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;

  InvoiceRows(JdbcClient jdbc, JdbcTemplate batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  /// {@return the next number; given back if the transaction fails, so that there are no gaps}
  Serial next(String tenant, int year) {
    int changed =
        jdbc.sql(
                "update invoice_number set latest = latest + 1, updated = ?"
                    + " where tenant = ? and calendar_year = ?")
            .params(Columns.now(), tenant, year)
            .update();
    if (changed == 0) {
      jdbc.sql(
              "insert into invoice_number (id, user_id, created, updated, deleted, tenant,"
                  + " calendar_year, latest) values (?, ?, ?, ?, ?, ?, ?, 1)")
          .params(Columns.id(), tenant, Columns.now(), Columns.now(), false, tenant, year)
          .update();
      return new Serial(year, 1);
    }
    return jdbc.sql("select latest from invoice_number where tenant = ? and calendar_year = ?")
        .params(tenant, year)
        .query((row, _) -> new Serial(year, row.getLong("latest")))
        .single();
  }

  void insert(Invoice.Whole whole) {
    Invoice invoice = whole.invoice();
    jdbc.sql(
            "insert into invoice (id, user_id, created, updated, deleted, tenant, posting, kind,"
                + " calendar_year, sequence, number, currency, begins, ends, net, tax_code,"
                + " tax_percent, tax, total, refers_to)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                + (invoice.refersTo() == null ? "null" : "?")
                + ")")
        .params(values(invoice))
        .update();
    List<Object[]> rows = new ArrayList<>();
    for (Line line : whole.lines()) {
      rows.add(
          new Object[] {
            Columns.id(),
            invoice.tenant(),
            Columns.now(),
            Columns.now(),
            false,
            invoice.id(),
            rows.size() + 1,
            line.item(),
            line.description(),
            line.quantity(),
            line.amount()
          });
    }
    batches.batchUpdate(
        "insert into invoice_line (id, user_id, created, updated, deleted, invoice_id, position,"
            + " item, description, quantity, amount) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows);
  }

  private static List<Object> values(Invoice invoice) {
    List<Object> values =
        new ArrayList<>(
            List.of(
                invoice.id(),
                invoice.tenant(),
                Columns.time(invoice.issued()),
                Columns.time(invoice.issued()),
                false,
                invoice.tenant(),
                invoice.posting(),
                invoice.kind().name(),
                invoice.number().year(),
                invoice.number().sequence()));
    values.addAll(
        List.of(
            invoice.number().text(),
            invoice.currency(),
            Columns.time(invoice.begins()),
            Columns.time(invoice.ends()),
            invoice.net(),
            invoice.tax().code(),
            invoice.tax().rate(),
            invoice.tax().amount(),
            invoice.total()));
    UUID refersTo = invoice.refersTo();
    if (refersTo != null) {
      values.add(refersTo);
    }
    return values;
  }

  /// {@return an invoice of a tenant}
  ///
  /// @param tenant who pays
  /// @param posting its key in the ledger
  public Optional<Invoice> find(String tenant, String posting) {
    return jdbc.sql("select " + COLUMNS + " from invoice where tenant = ? and posting = ?")
        .params(tenant, posting)
        .query((row, _) -> invoice(row))
        .optional();
  }

  /// {@return an invoice of a tenant}
  ///
  /// @param tenant who pays
  /// @param id of the invoice
  public Optional<Invoice> find(String tenant, UUID id) {
    return jdbc.sql("select " + COLUMNS + " from invoice where tenant = ? and id = ?")
        .params(tenant, id)
        .query((row, _) -> invoice(row))
        .optional();
  }

  /// {@return the first moments of the months of a tenant that were billed}
  List<Instant> billed(String tenant) {
    return jdbc.sql("select begins from invoice where tenant = ? and posting like 'invoice:%'")
        .param(tenant)
        .query((row, _) -> Columns.moment(row, "begins"))
        .list();
  }

  List<Invoice> list(String tenant, UUID after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from invoice where tenant = ? and id > ?"
                + " order by id offset 0 rows fetch next ? rows only")
        .params(tenant, after, limit)
        .query((row, _) -> invoice(row))
        .list();
  }

  List<Line> lines(String tenant, UUID invoice) {
    return jdbc.sql(
            "select item, description, quantity, amount from invoice_line"
                + " where user_id = ? and invoice_id = ? order by position")
        .params(tenant, invoice)
        .query(
            (row, _) ->
                new Line(
                    row.getString("item"),
                    row.getString("description"),
                    row.getBigDecimal("quantity"),
                    row.getBigDecimal("amount")))
        .list();
  }

  private static Invoice invoice(ResultSet row) throws SQLException {
    return new Invoice(
        row.getObject("id", UUID.class),
        row.getString("tenant"),
        row.getString("posting"),
        Kind.valueOf(row.getString("kind")),
        new Serial(row.getInt("calendar_year"), row.getLong("sequence")),
        row.getString("currency"),
        Columns.moment(row, "begins"),
        Columns.moment(row, "ends"),
        row.getBigDecimal("net"),
        new Tax(
            row.getString("tax_code"), row.getBigDecimal("tax_percent"), row.getBigDecimal("tax")),
        row.getObject("refers_to", UUID.class),
        Columns.moment(row, "created"));
  }
}
