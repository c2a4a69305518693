package ai.hartonomous.platform.money.payout;

import ai.hartonomous.platform.MoneySettings;
import ai.hartonomous.platform.money.payout.Payout.Whole;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// Writes a batch as ISO 20022 `pain.001.001.09` (CustomerCreditTransferInitiationV09), in the part
/// of it that SEPA credit transfers use: one payment information block, charges shared, texts in
/// the Latin letters that every bank takes. The same batch gives the same bytes.
final class Pain001 {

  static final String NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

  private static final int MOST_NAME = 70;
  private static final int MOST_TEXT = 140;

  private final XMLStreamWriter xml;

  private Pain001(XMLStreamWriter xml) {
    this.xml = xml;
  }

  /// {@return the file, in UTF-8}
  ///
  /// @param batch in EUR, with accounts at banks
  /// @param from the account that it leaves, with an IBAN that is right
  static String of(Whole batch, MoneySettings.Payouts from) {
    var text = new StringWriter();
    try {
      XMLStreamWriter writer = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      new Pain001(writer).document(batch, from);
      writer.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing into memory failed", e);
    }
    return text.toString();
  }

  private void document(Whole batch, MoneySettings.Payouts from) throws XMLStreamException {
    xml.writeStartDocument("UTF-8", "1.0");
    xml.writeStartElement("Document");
    xml.writeDefaultNamespace(NAMESPACE);
    open("CstmrCdtTrfInitn");
    open("GrpHdr");
    text("MsgId", batch.batch().message());
    text(
        "CreDtTm",
        DateTimeFormatter.ISO_INSTANT.format(batch.batch().made().truncatedTo(ChronoUnit.SECONDS)));
    sums(batch);
    open("InitgPty");
    text("Nm", latin(from.name(), MOST_NAME));
    close(2);
    payment(batch, from);
    close(2);
    xml.writeEndDocument();
  }

  private void sums(Whole batch) throws XMLStreamException {
    text("NbOfTxs", Integer.toString(batch.payouts().size()));
    text("CtrlSum", amount(batch.total()));
  }

  private void payment(Whole batch, MoneySettings.Payouts from) throws XMLStreamException {
    open("PmtInf");
    text("PmtInfId", batch.batch().message());
    text("PmtMtd", "TRF");
    text("BtchBookg", "true");
    sums(batch);
    open("PmtTpInf", "SvcLvl");
    text("Cd", "SEPA");
    close(2);
    open("ReqdExctnDt");
    text("Dt", batch.batch().made().atOffset(ZoneOffset.UTC).toLocalDate().toString());
    close(1);
    open("Dbtr");
    text("Nm", latin(from.name(), MOST_NAME));
    close(1);
    account("DbtrAcct", Iban.parse(from.iban()).orElseThrow());
    agent("DbtrAgt", from.bic());
    text("ChrgBr", "SLEV");
    for (Payout payout : batch.payouts()) {
      transfer(payout, "Payout " + batch.batch().order().key());
    }
    close(1);
  }

  private void transfer(Payout payout, String purpose) throws XMLStreamException {
    Iban iban = payout.account().iban();
    if (iban == null) {
      throw new IllegalArgumentException("payout %s goes to no bank".formatted(payout.id()));
    }
    open("CdtTrfTxInf", "PmtId");
    text("EndToEndId", payout.endToEnd());
    close(1);
    open("Amt");
    xml.writeStartElement("InstdAmt");
    xml.writeAttribute("Ccy", payout.currency());
    xml.writeCharacters(amount(payout.amount()));
    close(2);
    if (!payout.account().bic().isEmpty()) {
      agent("CdtrAgt", payout.account().bic());
    }
    open("Cdtr");
    text("Nm", latin(payout.account().name(), MOST_NAME));
    close(1);
    account("CdtrAcct", iban);
    open("RmtInf");
    text("Ustrd", latin(purpose, MOST_TEXT));
    close(2);
  }

  private void account(String name, Iban iban) throws XMLStreamException {
    open(name, "Id");
    text("IBAN", iban.plain());
    close(2);
  }

  /// A debtor's bank has to be there; without its code this says so, as the SEPA guidelines want.
  private void agent(String name, String bic) throws XMLStreamException {
    open(name, "FinInstnId");
    if (bic.isEmpty()) {
      open("Othr");
      text("Id", "NOTPROVIDED");
      close(1);
    } else {
      text("BICFI", bic);
    }
    close(2);
  }

  private void open(String... names) throws XMLStreamException {
    for (String name : names) {
      xml.writeStartElement(name);
    }
  }

  private void text(String name, String value) throws XMLStreamException {
    xml.writeStartElement(name);
    xml.writeCharacters(value);
    xml.writeEndElement();
  }

  private void close(int elements) throws XMLStreamException {
    for (int i = 0; i < elements; i++) {
      xml.writeEndElement();
    }
  }

  private static String amount(BigDecimal amount) {
    return amount.setScale(2).toPlainString(); // euros have cents
  }

  /// {@return a text in the letters that SEPA allows: accents go, what has no like becomes a dot}
  static String latin(String text, int most) {
    String plain =
        Normalizer.normalize(
                text.replace("ß", "ss")
                    .replace("æ", "ae")
                    .replace("Æ", "AE")
                    .replace("ø", "o")
                    .replace("Ø", "O")
                    .replace("ł", "l")
                    .replace("Ł", "L")
                    .replace("đ", "d")
                    .replace("Đ", "D"),
                Normalizer.Form.NFD)
            .replaceAll("\\p{M}", "")
            .replaceAll("[^A-Za-z0-9/?:().,'+ -]", ".");
    return plain.length() > most ? plain.substring(0, most) : plain;
  }
}
