package ai.hartonomous.platform.registry;

import ai.hartonomous.platform.web.Problem;
import java.util.regex.Pattern;

/// Names of files that come from outside.
final class FileNames {

  private static final Pattern PLAIN =
      Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N} ._+@=,()-]{0,199}");
  private static final Pattern HIDDEN =
      Pattern.compile("\\.[\\p{L}\\p{N}_][\\p{L}\\p{N}._-]{0,198}");

  private FileNames() {}

  /// {@return the name itself}
  ///
  /// @param name one name, without folders
  /// @throws ai.hartonomous.platform.web.ProblemException if it is anything but a plain file name
  static String checked(String name) {
    if (PLAIN.matcher(name).matches() || HIDDEN.matcher(name).matches()) {
      return name;
    }
    String shown = name.replaceAll("\\p{Cntrl}", "?");
    throw Problem.unprocessable(
        "file-name",
        "'%s' is not a plain file name."
            .formatted(shown.length() > 100 ? shown.substring(0, 100) + "..." : shown));
  }
}
