package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.pack.PackageException;
import ai.hartonomous.distill.route.Router;
import ai.hartonomous.distill.route.RouterException;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The folder of an agent that was made of several sources.
///
/// @param router decides who answers
/// @param experts folder of each expert, in the order of their numbers; each an ordinary agent
/// @param combining how they answer
public record CompositeAgent(Router router, List<Path> experts, Combining combining) {
  static final String ROUTER = "router.json";
  static final String EXPERTS = "experts";
  private static final Pattern NAME = Pattern.compile("[1-9][0-9]?-[a-z0-9-]{1,40}");

  /// Checks the number of experts.
  ///
  /// @throws IllegalArgumentException if it is not the router's, or it is not decided how they
  ///   answer
  public CompositeAgent {
    experts = List.copyOf(experts);
    if (experts.size() != router.experts().size()) {
      throw new IllegalArgumentException(
          "%d folders for %d experts".formatted(experts.size(), router.experts().size()));
    }
    if (combining == Combining.AUTO) {
      throw new IllegalArgumentException("an agent routes or mixes");
    }
  }

  /// {@return whether a folder holds an agent of several sources}
  ///
  /// @param folder any folder
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(ROUTER));
  }

  /// Opens an agent; its experts are not read yet. Where the manifest does not say how they answer,
  /// as those of earlier versions, or there is none yet, the router chooses one.
  ///
  /// @param folder an agent of several sources
  /// @return the agent
  /// @throws RouterException if the router is damaged, or names an expert that is not there
  /// @throws PackageException if the manifest tells of a way to answer that is not known
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
        router.experts().stream().map(name -> folder.resolve(EXPERTS).resolve(name)).toList(),
        CombineText.read(folder.resolve(CompositeWork.MANIFEST)));
  }

  /// {@return the same experts, answering in another way}
  CompositeAgent combined(Combining other) {
    return new CompositeAgent(router, experts, other);
  }

  /// Checks that the experts can be mixed, as they were read.
  ///
  /// @param models of the experts, in their order
  /// @param tokenizers of the experts, in their order
  /// @throws PackageException if the same row of their logits is not the same token
  public void requireMixable(List<Model> models, List<Tokenizer> tokenizers)
      throws PackageException {
    List<Vocabularies.Named> vocabularies = new ArrayList<>();
    for (int k = 0; k < models.size(); k++) {
      vocabularies.add(
          new Vocabularies.Named(
              router.experts().get(k),
              tokenizers.get(k).contentHash(),
              models.get(k).config().extents().outputs()));
    }
    Optional<String> obstacle = Vocabularies.obstacle(vocabularies);
    if (obstacle.isPresent()) {
      Path folder = experts.getFirst().resolveSibling("");
      throw new PackageException(folder, "experts", "one vocabulary", obstacle.get());
    }
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
