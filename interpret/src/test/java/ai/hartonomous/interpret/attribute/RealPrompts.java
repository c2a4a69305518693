package ai.hartonomous.interpret.attribute;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A trained model and prompts from the text it knows. Both lie beside the repository; where they
/// are absent the tests that want them are skipped by the folder's name.
record RealPrompts(Model model, List<int[]> prompts) {

  /// {@return a model and prompts of `tokens` ids, evenly spread over a text}
  static RealPrompts of(String folder, String text, int prompts, int tokens) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(path(folder))) {
      Tokenizer tokenizer = checkpoint.tokenizer();
      String all = Files.readString(path(text));
      List<int[]> cut = new ArrayList<>();
      for (int i = 0; i < prompts; i++) {
        int from = Math.toIntExact((long) all.length() * i / prompts);
        int word = all.indexOf(' ', from) + 1;
        int[] ids = tokenizer.encodePrompt(all.substring(word, word + 8 * tokens));
        cut.add(Arrays.copyOf(ids, tokens));
      }
      return new RealPrompts(checkpoint.load(), cut);
    }
  }

  static Path path(String name) {
    Path root = Path.of(System.getProperty("repository.root", ""));
    Path path = root.resolve("../shared/data").resolve(name).normalize();
    assumeTrue(Files.exists(path), "absent: " + path);
    return path;
  }
}
