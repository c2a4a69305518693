package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.route.Router;
import ai.hartonomous.distill.route.RouterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// The folder of an agent that was made of several sources.
///
/// @param router decides who answers
/// @param experts folder of each expert, in the order of their numbers; each an ordinary agent
public record CompositeAgent(Router router, List<Path> experts) {
  static final String ROUTER = "router.json";
  static final String EXPERTS = "experts";
  private static final Pattern NAME = Pattern.compile("[1-9][0-9]?-[a-z0-9-]{1,40}");

  /// Checks the number of experts.
  ///
  /// @throws IllegalArgumentException if it is not the router's
  public CompositeAgent {
    experts = List.copyOf(experts);
    if (experts.size() != router.experts().size()) {
      throw new IllegalArgumentException(
          "%d folders for %d experts".formatted(experts.size(), router.experts().size()));
    }
  }

  /// {@return whether a folder holds an agent of several sources}
  ///
  /// @param folder any folder
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(ROUTER));
  }

  /// Opens an agent; its experts are not read yet.
  ///
  /// @param folder an agent of several sources
  /// @return the agent
  /// @throws RouterException if the router is damaged, or names an expert that is not there
  /// @throws IOException if a file cannot be read
  public static CompositeAgent open(Path folder) throws IOException {
    Path file = folder.resolve(ROUTER);
    Router router = Router.read(file);
    for (String name : router.experts()) {
      boolean plain = NAME.matcher(name).matches();
      if (!plain || !Files.isDirectory(folder.resolve(EXPERTS).resolve(name))) {
        throw new RouterException(
            file, "experts", "names of folders below " + EXPERTS, RouterException.quote(name));
      }
    }
    return new CompositeAgent(
        router,
        router.experts().stream().map(name -> folder.resolve(EXPERTS).resolve(name)).toList());
  }

  /// {@return the name of an expert's folder: its number and the source's name with small letters,
  /// digits and `-`}
  static String name(int number, String source) {
    String plain = source.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String trimmed = plain.replaceAll("^-+", "");
    String cut = trimmed.substring(0, Math.min(40, trimmed.length())).replaceAll("-+$", "");
    return number + "-" + (cut.isEmpty() ? "source" : cut);
  }
}
