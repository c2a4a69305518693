package ai.hartonomous.samples.train;

import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.samples.SampleModel;
import ai.hartonomous.samples.skill.Exercise;
import ai.hartonomous.samples.vocabulary.BytePairVocabulary;
import ai.hartonomous.samples.vocabulary.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Writes a trained sample model: a Hugging Face folder in bf16 with its tokenizer, `suites/` with
/// one file for each skill, `loss.csv` and `README.md`.
final class SampleFolder {
  private static final String END_IDS = "{\"bos_token_id\": 0, \"eos_token_id\": 0}\n";

  private SampleFolder() {}

  /// Writes everything beside its place and moves it there at the end.
  ///
  /// @param folder replaced if it is there
  static void write(
      Path folder, BytePairVocabulary vocabulary, List<CapabilitySuite> suites, ModelCard card)
      throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    Path tokenizer = target.resolveSibling(target.getFileName() + ".tokenizer");
    Path fresh = target.resolveSibling(target.getFileName() + ".new");
    delete(fresh);
    Files.createDirectories(tokenizer);
    try {
      TokenizerFiles.write(vocabulary, SampleModel.CONTEXT, Exercise.SUFFIX, tokenizer);
      Files.writeString(tokenizer.resolve("config.json"), END_IDS);
      Files.writeString(tokenizer.resolve("generation_config.json"), END_IDS);
      HuggingFaceWriter.write(card.model(), fresh, Dtype.BF16, tokenizer);
    } finally {
      delete(tokenizer);
    }
    Path suiteFolder = Files.createDirectories(fresh.resolve("suites"));
    for (CapabilitySuite suite : suites) {
      suite.write(suiteFolder.resolve(suite.capabilities().getFirst() + ".jsonl"));
    }
    Files.writeString(fresh.resolve("loss.csv"), card.curve().csv());
    Files.writeString(fresh.resolve("README.md"), card.text());
    delete(target);
    Files.move(fresh, target);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
