package ai.hartonomous.interpret.attribute;

import java.io.IOException;
import java.nio.file.Path;

/// A graph file is damaged or not of the format that {@link GraphFile} describes.
public final class GraphFormatException extends IOException {

  /// Says what is wrong.
  ///
  /// @param file the file
  /// @param place where in it, such as `nodes[3].node_id`
  /// @param expected what a good file has there
  /// @param found what this one has
  public GraphFormatException(Path file, String place, String expected, String found) {
    super("%s at %s: expected %s, found %s".formatted(file, place, expected, shortened(found)));
  }

  private static String shortened(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() <= 120 ? plain : plain.substring(0, 120) + "...";
  }
}
