package ai.hartonomous.platform.money;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.money.Invoice.Kind;
import ai.hartonomous.platform.money.Invoice.Line;
import ai.hartonomous.platform.money.Invoice.Serial;
import ai.hartonomous.platform.money.Invoice.Tax;
import ai.hartonomous.platform.money.Invoice.Whole;
import ai.hartonomous.platform.money.InvoicePdf.Frame;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;

class InvoicePdfTest {

  private static final Frame FRAME =
      new Frame(
          new MoneySettings.Seller("Żółta Łódź GmbH", List.of("Gasse 1", "10115 Berlin"), "DE1"),
          14,
          ZoneId.of("Europe/Warsaw"),
          "");

  private static Whole invoice(String tenant, int lines) {
    List<Line> all = new ArrayList<>();
    BigDecimal net = BigDecimal.ZERO;
    for (int i = 0; i < lines; i++) {
      var line =
          new Line("input", "item " + i, BigDecimal.valueOf(1_000 + i), new BigDecimal("1.10"));
      all.add(line);
      net = net.add(line.amount());
    }
    var tax = new Tax("DE", new BigDecimal("0.190000000000"), new BigDecimal("0.42"));
    return new Whole(
        new Invoice(
            new UUID(1, 2),
            tenant,
            "invoice:x",
            Kind.INVOICE,
            new Serial(2026, 7),
            "EUR",
            Instant.parse("2026-04-30T22:00:00Z"),
            Instant.parse("2026-05-31T22:00:00Z"),
            net,
            tax,
            null,
            Instant.parse("2026-06-01T00:00:00Z")),
        all);
  }

  private static String text(byte[] pdf) throws IOException {
    try (PDDocument document = Loader.loadPDF(pdf)) {
      return new PDFTextStripper().getText(document);
    }
  }

  @Test
  void saysWhatTheInvoiceSays() throws Exception {
    String text = text(InvoicePdf.of(invoice("Łukasz Ωmega", 2), FRAME));

    assertThat(text.lines().map(String::strip).toList())
        .containsExactly(
            "Żółta Łódź GmbH",
            "Gasse 1",
            "10115 Berlin",
            "Tax id: DE1",
            "Invoice 2026-000007",
            "To: Łukasz Ωmega",
            "Issued: 2026-06-01",
            "Period: 2026-05-01 to 2026-05-31",
            "Due: 2026-06-15",
            "Description Quantity Amount EUR",
            "item 0 1000 1.10",
            "item 1 1001 1.10",
            "Net 2.20",
            "Tax DE 19 % 0.42",
            "Total EUR 2.62");
  }

  @Test
  void theSameInvoiceGivesTheSameBytes() {
    byte[] first = InvoicePdf.of(invoice("ann", 3), FRAME);

    for (int i = 0; i < 10; i++) {
      assertThat(InvoicePdf.of(invoice("ann", 3), FRAME)).isEqualTo(first);
    }
    assertThat(InvoicePdf.of(invoice("bob", 3), FRAME)).isNotEqualTo(first);
  }

  @Test
  void goesOnOverPagesAndPrintsWhatItCan() throws Exception {
    byte[] pdf =
        InvoicePdf.of(invoice("name " + "x".repeat(200) + " \u0001 \ud83d\ude00", 150), FRAME);

    String text = text(pdf);
    try (PDDocument document = Loader.loadPDF(pdf)) {
      assertThat(document.getNumberOfPages()).isEqualTo(4);
    }
    assertThat(text).contains("item 0", "item 149", "Net 165.00", "? ?");
  }
}
