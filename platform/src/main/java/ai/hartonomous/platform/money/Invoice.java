package ai.hartonomous.platform.money;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An invoice, or a credit note that takes one back.
///
/// @param id its id
/// @param tenant who pays
/// @param posting its posting in the ledger, which makes it known
/// @param kind what it is
/// @param number year and place in it, without gaps for each tenant and year
/// @param currency ISO 4217
/// @param begins first moment of what is billed
/// @param ends first moment after it
/// @param net sum of the lines
/// @param tax what comes to it
/// @param refersTo what a credit note takes back
/// @param issued when it was made
public record Invoice(
    UUID id,
    String tenant,
    String posting,
    Kind kind,
    Serial number,
    String currency,
    Instant begins,
    Instant ends,
    BigDecimal net,
    Tax tax,
    @Nullable UUID refersTo,
    Instant issued) {

  /// What it is.
  public enum Kind {
    /// What is to be paid.
    INVOICE,
    /// What a wallet has paid already.
    STATEMENT,
    /// Takes an invoice back.
    CREDIT_NOTE
  }

  /// Place among the invoices of a tenant.
  ///
  /// @param year calendar year in the tenant's zone
  /// @param sequence from 1 on
  public record Serial(int year, long sequence) {

    /// {@return as it stands on paper: `2026-000001`}
    public String text() {
      return "%d-%06d".formatted(year, sequence);
    }
  }

  /// What comes to the net sum.
  ///
  /// @param code of the rate, or empty
  /// @param rate 0.19 for 19 %
  /// @param amount rounded to cents
  public record Tax(String code, BigDecimal rate, BigDecimal amount) {

    /// {@return the same taken back}
    public Tax negated() {
      return new Tax(code, rate, amount.negate());
    }
  }

  /// {@return what is to be paid}
  public BigDecimal total() {
    return net.add(tax.amount());
  }

  /// What is billed.
  ///
  /// @param item what it is: `input`, `cached`, `output`, `requests` or `minimum`
  /// @param description in words
  /// @param quantity units
  /// @param amount rounded to cents
  public record Line(String item, String description, BigDecimal quantity, BigDecimal amount) {

    /// {@return the same taken back}
    public Line negated() {
      return new Line(item, description, quantity, amount.negate());
    }
  }

  /// An invoice with its lines.
  ///
  /// @param invoice the head
  /// @param lines in their order
  public record Whole(Invoice invoice, List<Line> lines) {

    /// Copies the list.
    public Whole {
      lines = List.copyOf(lines);
    }
  }
}
