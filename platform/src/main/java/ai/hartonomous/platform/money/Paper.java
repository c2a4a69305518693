package ai.hartonomous.platform.money;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.jspecify.annotations.Nullable;

/// Pages of a document that are filled from above, in lines and rows of three columns. Lengths are
/// points of 1/72 inch.
final class Paper {

  private static final float MARGIN = 56;
  private static final float SIZE = 10;
  private static final float TITLE = 16;
  private static final float LEADING = 1.4f;
  private static final float RIGHT = PDRectangle.A4.getWidth() - MARGIN;

  /// Where the columns of numbers end, and how wide the column of texts may be.
  private static final float QUANTITY_END = RIGHT - 110;

  private static final float TEXT_WIDTH = QUANTITY_END - 110 - MARGIN;

  private final PDDocument document;
  private final PDType0Font font;
  private @Nullable PDPageContentStream content;
  private float y;

  Paper(PDDocument document, PDType0Font font) {
    this.document = document;
    this.font = font;
  }

  void left(String text) throws IOException {
    for (String part : parts(text, SIZE, RIGHT - MARGIN)) {
      next(SIZE);
      show(MARGIN, SIZE, part);
    }
  }

  void title(String text) throws IOException {
    next(TITLE);
    show(MARGIN, TITLE, printable(text));
    space();
  }

  void row(String text, String quantity, String amount) throws IOException {
    boolean first = true;
    for (String part : parts(text, SIZE, TEXT_WIDTH)) {
      next(SIZE);
      show(MARGIN, SIZE, part);
      if (first) {
        show(QUANTITY_END - width(quantity, SIZE), SIZE, quantity);
        show(RIGHT - width(amount, SIZE), SIZE, amount);
      }
      first = false;
    }
  }

  void rule() throws IOException {
    PDPageContentStream page = next(SIZE / 2);
    page.moveTo(MARGIN, y);
    page.lineTo(RIGHT, y);
    page.stroke();
  }

  void space() {
    y -= SIZE * LEADING;
  }

  void close() throws IOException {
    if (content != null) {
      content.close();
      content = null;
    }
  }

  /// Goes down a line, onto a new page if this one is full.
  private PDPageContentStream next(float size) throws IOException {
    y -= size * LEADING;
    PDPageContentStream open = content;
    if (open != null && y >= MARGIN) {
      return open;
    }
    close();
    var page = new PDPage(PDRectangle.A4);
    document.addPage(page);
    var fresh = new PDPageContentStream(document, page);
    content = fresh;
    y = PDRectangle.A4.getHeight() - MARGIN - size;
    return fresh;
  }

  private void show(float x, float size, String text) throws IOException {
    PDPageContentStream page = content;
    if (page == null || text.isEmpty()) {
      return;
    }
    page.beginText();
    page.setFont(font, size);
    page.newLineAtOffset(x, y);
    page.showText(text);
    page.endText();
  }

  private float width(String text, float size) throws IOException {
    return font.getStringWidth(text) / 1000 * size;
  }

  /// {@return a text cut where it would not fit into a line}
  private List<String> parts(String text, float size, float width) throws IOException {
    List<String> parts = new ArrayList<>();
    var part = new StringBuilder();
    float used = 0;
    for (int c : printable(text).codePoints().toArray()) {
      String letter = Character.toString(c);
      float wide = width(letter, size);
      if (used + wide > width) {
        parts.add(part.toString());
        part.setLength(0);
        used = 0;
      }
      part.append(letter);
      used += wide;
    }
    parts.add(part.toString());
    return parts;
  }

  /// {@return a text with question marks for what the font does not have}
  private String printable(String text) {
    var printable = new StringBuilder();
    text.codePoints()
        .forEach(it -> printable.append(isPrintable(it) ? Character.toString(it) : "?"));
    return printable.toString();
  }

  private boolean isPrintable(int letter) {
    if (Character.isISOControl(letter)) {
      return false;
    }
    try {
      return font.encode(Character.toString(letter)).length > 0;
    } catch (IllegalArgumentException | IOException _) { // how it says that it has no such letter
      return false;
    }
  }
}
