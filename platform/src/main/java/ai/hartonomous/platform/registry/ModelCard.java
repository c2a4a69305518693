package ai.hartonomous.platform.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// The model card of a Hugging Face folder: `README.md` with YAML between two lines `---` on top.
final class ModelCard {

  private static final Pattern LICENCE =
      Pattern.compile("license:\\s*['\"]?([\\w.+-]{1,100})['\"]?\\s*");
  private static final int MAX_LINES = 1_000;
  private static final long MAX_BYTES = 1 << 20;

  private ModelCard() {}

  /// {@return the licence that the card names, if it does}
  ///
  /// @param folder folder of the checkpoint
  /// @throws IOException if the disk refuses
  static Optional<String> licence(Path folder) throws IOException {
    Path card = folder.resolve("README.md");
    if (!Files.isRegularFile(card) || Files.size(card) > MAX_BYTES) {
      return Optional.empty();
    }
    try (BufferedReader lines = Files.newBufferedReader(card)) {
      return lines
          .lines()
          .limit(MAX_LINES)
          .skip(1)
          .takeWhile(line -> !line.equals("---"))
          .map(LICENCE::matcher)
          .filter(found -> found.matches())
          .map(found -> found.group(1))
          .findFirst();
    } catch (MalformedInputException | UncheckedIOException _) {
      return Optional.empty();
    }
  }
}
