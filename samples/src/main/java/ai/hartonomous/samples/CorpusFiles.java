package ai.hartonomous.samples;

import ai.hartonomous.samples.skill.Exercise;
import ai.hartonomous.samples.skill.Skill;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/// Writes a corpus for reading, or for training elsewhere.
public final class CorpusFiles {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private CorpusFiles() {}

  /// Writes `train/NAME.jsonl` and `suites/NAME.jsonl` for every skill. A line of a training file
  /// has the fields `id`, `capability`, `prompt` and `answer`; it may repeat an exercise, as the
  /// stream itself does.
  ///
  /// @param corpus what to write
  /// @param exercises lines of each training file
  /// @param suiteItems items of each suite
  /// @param folder where to; made if it is missing, files in it are overwritten
  /// @throws IOException if the folder cannot be written
  public static void write(Corpus corpus, int exercises, int suiteItems, Path folder)
      throws IOException {
    Path train = Files.createDirectories(folder.resolve("train"));
    Path suites = Files.createDirectories(folder.resolve("suites"));
    for (Skill skill : Skill.all()) {
      String file = skill.name() + ".jsonl";
      try (BufferedWriter out = Files.newBufferedWriter(train.resolve(file))) {
        for (int i = 0; i < exercises; i++) {
          out.write(line(skill, i, corpus.training(skill, i)));
        }
      }
      corpus.suite(skill, suiteItems).write(suites.resolve(file));
    }
  }

  private static String line(Skill skill, int index, Exercise exercise) {
    return JSON.createObjectNode()
            .put("id", "%s-train-%06d".formatted(skill.name(), index))
            .put("capability", skill.name())
            .put("prompt", exercise.prompt())
            .put("answer", exercise.answer())
        + "\n";
  }
}
