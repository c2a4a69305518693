package ai.hartonomous.distill.capability;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The lines of a file in UTF-8 that are not blank, each within {@link CapabilitySuite}'s limit,
/// read one at a time.
public final class SuiteLines implements AutoCloseable {
  private final Path file;
  private final InputStream in;
  private int number;

  private SuiteLines(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /// A line.
  ///
  /// @param place file and number, for messages
  /// @param text the line without its line break
  public record Line(String place, String text) {}

  /// Begins to read.
  ///
  /// @param file the file
  /// @return its lines; closed by the caller
  /// @throws IOException if it cannot be read
  public static SuiteLines open(Path file) throws IOException {
    return new SuiteLines(file, new BufferedInputStream(Files.newInputStream(file)));
  }

  /// {@return the next line that is not blank, if there is one}
  ///
  /// @throws SuiteException if it is too long or no UTF-8, naming its number
  /// @throws IOException if the file cannot be read
  public Optional<Line> next() throws IOException {
    while (true) {
      number++;
      byte[] bytes = bytes();
      if (bytes.length == 0) {
        return Optional.empty();
      }
      String text = text(bytes);
      if (!text.isBlank()) {
        return Optional.of(new Line(place(), text.stripTrailing()));
      }
    }
  }

  private String place() {
    return "%s line %d".formatted(file, number);
  }

  private String text(byte[] line) throws SuiteException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      var failure = new SuiteException(place() + ": expected UTF-8");
      failure.initCause(e);
      throw failure;
    }
  }

  /// {@return the next line with its line break; empty at the end of the file}
  private byte[] bytes() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      line.write(next);
      if (next == '\n') {
        break;
      }
      if (line.size() > CapabilitySuite.MAX_LINE_BYTES) {
        throw new SuiteException(
            "%s: expected at most %d bytes".formatted(place(), CapabilitySuite.MAX_LINE_BYTES));
      }
    }
    return line.toByteArray();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
