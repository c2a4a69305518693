package ai.hartonomous.interpret.capture;

import java.io.IOException;
import java.nio.file.Path;

/// A corpus or a folder of stored values is damaged, hostile, or does not fit what is asked of it.
public final class CaptureException extends IOException {
  private static final int SHOWN_CHARACTERS = 120;

  private final Path file;
  private final String place;
  private final String expected;
  private final String found;

  /// Says what is wrong.
  ///
  /// @param file the file
  /// @param place where in it: a line, a byte, a key
  /// @param expected what a good file has there
  /// @param found what this one has
  public CaptureException(Path file, String place, String expected, String found) {
    super("%s at %s: expected %s, found %s".formatted(file, place, expected, found));
    this.file = file;
    this.place = place;
    this.expected = expected;
    this.found = found;
  }

  /// {@return the file}
  public Path file() {
    return file;
  }

  /// {@return where in the file}
  public String place() {
    return place;
  }

  /// {@return what a good file has there}
  public String expected() {
    return expected;
  }

  /// {@return what this one has}
  public String found() {
    return found;
  }

  /// {@return text from a file, fit for a message: quoted, shortened, without control characters}
  ///
  /// @param text anything
  static String quote(String text) {
    boolean whole = text.length() <= SHOWN_CHARACTERS;
    String shown = whole ? text : text.substring(0, SHOWN_CHARACTERS);
    return '"' + shown.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?") + (whole ? "\"" : "...\"");
  }
}
