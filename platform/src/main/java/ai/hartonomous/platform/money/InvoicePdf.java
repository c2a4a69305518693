package ai.hartonomous.platform.money;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.money.Invoice.Kind;
import ai.hartonomous.platform.money.Invoice.Line;
import ai.hartonomous.platform.money.Invoice.Whole;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Objects;
import org.apache.pdfbox.pdfwriter.compress.CompressParameters;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.font.PDType0Font;

/// Prints invoices, statements and credit notes as PDF, with an embedded font. The same invoice
/// gives the same bytes: the file's id and time are the invoice's own.
final class InvoicePdf {

  private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

  private final Whole whole;
  private final Paper paper;

  private InvoicePdf(Whole whole, Paper paper) {
    this.whole = whole;
    this.paper = paper;
  }

  /// What an invoice does not say itself.
  ///
  /// @param seller who it is from
  /// @param dueDays days within which it is to be paid
  /// @param zone whose calendar its dates are of
  /// @param takenBack kind and number of what a credit note takes back; empty otherwise
  record Frame(MoneySettings.Seller seller, int dueDays, ZoneId zone, String takenBack) {}

  /// {@return the file}
  ///
  /// @param whole what is printed
  /// @param frame what stands around it
  static byte[] of(Whole whole, Frame frame) {
    Invoice invoice = whole.invoice();
    try (var document = new PDDocument();
        InputStream font = PDDocument.class.getResourceAsStream(FONT)) {
      var paper =
          new Paper(document, PDType0Font.load(document, Objects.requireNonNull(font), true));
      new InvoicePdf(whole, paper).print(frame);
      paper.close();
      document.setDocumentId(invoice.id().getLeastSignificantBits());
      document.setDocumentInformation(information(invoice, frame));
      var bytes = new ByteArrayOutputStream();
      document.save(bytes, CompressParameters.NO_COMPRESSION);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing into memory failed", e);
    }
  }

  private static PDDocumentInformation information(Invoice invoice, Frame frame) {
    var information = new PDDocumentInformation();
    information.setTitle(title(invoice));
    information.setAuthor(frame.seller().name());
    information.setCreationDate(GregorianCalendar.from(invoice.issued().atZone(ZoneOffset.UTC)));
    return information;
  }

  /// {@return its kind and number}
  static String title(Invoice invoice) {
    String kind =
        switch (invoice.kind()) {
          case INVOICE -> "Invoice";
          case STATEMENT -> "Statement";
          case CREDIT_NOTE -> "Credit note";
        };
    return kind + " " + invoice.number().text();
  }

  private void print(Frame frame) throws IOException {
    Invoice invoice = whole.invoice();
    paper.left(frame.seller().name());
    for (String line : frame.seller().address()) {
      paper.left(line);
    }
    if (!frame.seller().taxId().isEmpty()) {
      paper.left("Tax id: " + frame.seller().taxId());
    }
    paper.space();
    paper.title(title(invoice));
    paper.left("To: " + invoice.tenant());
    paper.left("Issued: " + day(invoice.issued(), frame.zone()));
    LocalDate last = day(invoice.ends().minusMillis(1), frame.zone());
    if (invoice.begins().isBefore(invoice.ends())) {
      paper.left("Period: %s to %s".formatted(day(invoice.begins(), frame.zone()), last));
    }
    if (invoice.kind() == Kind.INVOICE) {
      paper.left("Due: " + day(invoice.issued(), frame.zone()).plusDays(frame.dueDays()));
    }
    if (!frame.takenBack().isEmpty()) {
      paper.left("Takes back: " + frame.takenBack());
    }
    paper.space();
    lines(whole.lines());
    sums();
  }

  private static LocalDate day(Instant moment, ZoneId zone) {
    return moment.atZone(zone).toLocalDate();
  }

  private void lines(List<Line> lines) throws IOException {
    paper.row("Description", "Quantity", "Amount " + whole.invoice().currency());
    paper.rule();
    for (Line line : lines) {
      paper.row(
          line.description(),
          line.quantity().stripTrailingZeros().toPlainString(),
          cents(line.amount()));
    }
    paper.rule();
  }

  private void sums() throws IOException {
    Invoice invoice = whole.invoice();
    paper.row("Net", "", cents(invoice.net()));
    if (!invoice.tax().code().isEmpty()) {
      BigDecimal percent = invoice.tax().rate().movePointRight(2).stripTrailingZeros();
      paper.row(
          "Tax %s %s %%".formatted(invoice.tax().code(), percent.toPlainString()),
          "",
          cents(invoice.tax().amount()));
    }
    paper.row("Total " + invoice.currency(), "", cents(invoice.total()));
    if (invoice.kind() == Kind.STATEMENT) {
      paper.left("Paid from the wallet.");
    }
  }

  private String cents(BigDecimal amount) {
    return Amounts.text(amount, whole.invoice().currency());
  }
}
