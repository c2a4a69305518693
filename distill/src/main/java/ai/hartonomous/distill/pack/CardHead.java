package ai.hartonomous.distill.pack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a model card states in the block between `---` lines that it begins with.
///
/// @param licence `license`, or `license_name` where that says `other`; null where none is stated
/// @param owner `owner` or `author`, or null
public record CardHead(@Nullable String licence, @Nullable String owner) {

  /// Reads the head of a model card.
  ///
  /// @param folder folder of the model; without a `README.md` nothing is stated
  /// @return what it states
  /// @throws IOException if the card cannot be read
  public static CardHead read(Path folder) throws IOException {
    List<String> head = lines(folder);
    String licence = field(head, "license:");
    String name = field(head, "license_name:");
    String owner = field(head, "owner:");
    return new CardHead(
        "other".equals(licence) && name != null ? name : licence,
        owner == null ? field(head, "author:") : owner);
  }

  /// {@return the block; empty where there is none}
  private static List<String> lines(Path folder) throws IOException {
    Path card = folder.resolve("README.md");
    if (!Files.isRegularFile(card)) {
      return List.of();
    }
    List<String> lines = Files.readAllLines(card);
    if (lines.isEmpty() || !lines.getFirst().strip().equals("---")) {
      return List.of();
    }
    return lines.stream().skip(1).takeWhile(line -> !line.strip().equals("---")).toList();
  }

  private static @Nullable String field(List<String> block, String key) {
    for (String line : block) {
      if (line.startsWith(key)) {
        return line.substring(key.length()).strip();
      }
    }
    return null;
  }
}
