package ai.hartonomous.model.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/// A file is damaged, hostile, or not what is asked of it. Subclasses say of which kind it is.
public abstract class FileFormatException extends IOException {
  private static final int SHOWN_CHARACTERS = 120;

  private final Path file;
  private final String place;
  private final String expected;
  private final String found;

  /// Says what is wrong.
  ///
  /// @param file the file
  /// @param place where in it: a byte position, a key, a tensor
  /// @param expected what a good file has there
  /// @param found what this one has
  protected FileFormatException(Path file, String place, String expected, String found) {
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
  public static String quote(String text) {
    boolean whole = text.length() <= SHOWN_CHARACTERS;
    String shown = whole ? text : text.substring(0, SHOWN_CHARACTERS);
    return '"' + shown.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?") + (whole ? "\"" : "...\"");
  }
}
