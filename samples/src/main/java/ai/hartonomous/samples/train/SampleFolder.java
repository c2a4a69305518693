package ai.hartonomous.samples.train;

import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.model.checkpoint.Dtype;
import ai.hartonomous.model.checkpoint.HuggingFaceWriter;
import ai.hartonomous.samples.SampleModel;
import ai.hartonomous.samples.skill.Exercise;
import ai.hartonomous.samples.vocabulary.BytePairVocabulary;
import ai.hartonomous.samples.vocabulary.TokenizerFiles;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Writes a trained sample model: a Hugging Face folder in bf16 with its tokenizer, `suites/` with
/// one file for each skill, `loss.csv` and `README.md`.
final class SampleFolder {
  private static final String END_IDS = "{\"bos_token_id\": 0, \"eos_token_id\": 0}\n";

  private SampleFolder() {}

  /// Refuses a folder that holds something, which a result would have to replace.
  ///
  /// @throws DirectoryNotEmptyException if it does
  static void requireFree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      if (files.findAny().isPresent()) {
        throw new DirectoryNotEmptyException(folder.toString());
      }
    }
  }

  /// Writes everything beside its place and moves it there at the end.
  ///
  /// @param folder absolute; absent or empty
  static void write(
      Path folder, BytePairVocabulary vocabulary, List<CapabilitySuite> suites, ModelCard card)
      throws IOException {
    Path work = Files.createTempDirectory(folder.getParent(), folder.getFileName() + ".");
    try {
      Path tokenizer = Files.createDirectory(work.resolve("tokenizer"));
      TokenizerFiles.write(vocabulary, SampleModel.CONTEXT, Exercise.SUFFIX, tokenizer);
      Files.writeString(tokenizer.resolve("config.json"), END_IDS);
      Files.writeString(tokenizer.resolve("generation_config.json"), END_IDS);
      Path fresh = work.resolve("model");
      HuggingFaceWriter.write(card.model(), fresh, Dtype.BF16, tokenizer);
      Path suiteFolder = Files.createDirectories(fresh.resolve("suites"));
      for (CapabilitySuite suite : suites) {
        suite.write(suiteFolder.resolve(suite.capabilities().getFirst() + ".jsonl"));
      }
      Files.writeString(fresh.resolve("loss.csv"), card.curve().csv());
      Files.writeString(fresh.resolve("README.md"), card.text());
      Files.move(fresh, folder, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      delete(work);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
