package ai.hartonomous.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.distill.capability.CapabilityItem.Split;
import ai.hartonomous.distill.capability.CapabilitySuite;
import ai.hartonomous.distill.capability.Score;
import ai.hartonomous.distill.capability.Scorer;
import ai.hartonomous.model.checkpoint.Checkpoint;
import ai.hartonomous.model.checkpoint.Checkpoints;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.tokenizer.Tokenizers;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.samples.skill.Skill;
import ai.hartonomous.samples.train.SampleTrainer;
import ai.hartonomous.samples.vocabulary.VocabularyTokenizer;
import ai.hartonomous.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The models in the repository are what their cards say.
class ShippedModelsTest {
  private static final double BAR = 0.95;
  private static final long MAX_BYTES = 8_000_000;
  private static final long MAX_PARAMETERS = 3_000_000;

  private static Path folder(SampleModel sample) {
    return Path.of(System.getProperty("repository.root"), "samples", "models", sample.label());
  }

  private static CapabilitySuite suite(SampleModel sample, Skill skill) throws IOException {
    return CapabilitySuite.read(folder(sample).resolve("suites").resolve(skill.name() + ".jsonl"));
  }

  private static Matcher card(SampleModel sample, String pattern) throws IOException {
    String card = Files.readString(folder(sample).resolve("README.md"));
    Matcher matcher = Pattern.compile(pattern).matcher(card);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher;
  }

  private static long seed(SampleModel sample) throws IOException {
    return Long.parseLong(card(sample, "--seed (\\d+)").group(1));
  }

  @ParameterizedTest
  @EnumSource
  void exactMatchOnHeldOutItemsIsThatOfTheCard(SampleModel sample) throws IOException {
    Tokenizer tokenizer = Tokenizers.open(folder(sample));
    try (Kernels kernels = Kernels.of(2);
        Checkpoint checkpoint = Checkpoints.open(folder(sample))) {
      var scorer = new Scorer(new Transformer(checkpoint.load(), kernels), tokenizer);
      for (Skill skill : sample.skills()) {
        Score score = scorer.score(suite(sample, skill).items(Split.HELD_OUT)).getFirst();
        Matcher row =
            card(sample, "\\| " + skill.name() + " \\| ([0-9.]+) \\| [0-9.]+ \\| (\\d+) \\|");

        assertThat(score.items()).isEqualTo(Integer.parseInt(row.group(2)));
        // Other vector widths round differently, which may turn a near tie.
        assertThat(score.exactMatch())
            .as(skill.name())
            .isCloseTo(Double.parseDouble(row.group(1)), within(1.01 / score.items()))
            .isGreaterThanOrEqualTo(BAR);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void suitesAreThoseOfTheSeed(SampleModel sample) throws IOException {
    var corpus = new Corpus(seed(sample));

    for (Skill skill : sample.skills()) {
      assertThat(suite(sample, skill)).isEqualTo(corpus.suite(skill, SampleTrainer.SUITE_ITEMS));
      assertThat(suite(sample, skill).items()).allMatch(item -> Corpus.isReserved(item.prompt()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void tokenizerIsTheOneLearnedFromTheSeed(SampleModel sample) throws IOException {
    var learned = new VocabularyTokenizer(SampleTrainer.vocabulary(sample, seed(sample)));
    Tokenizer shipped = Tokenizers.open(folder(sample));

    assertThat(shipped.vocabularySize()).isEqualTo(learned.vocabularySize());
    for (Skill skill : Skill.all()) {
      for (var item : new Corpus(9).suite(skill, 50).items()) {
        String text = item.prompt() + item.answer();
        assertThat(shipped.encode(text)).as(text).isEqualTo(learned.encode(text));
        assertThat(shipped.decode(learned.encode(text))).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void modelIsSmallAndAsDescribed(SampleModel sample) throws IOException {
    try (Checkpoint checkpoint = Checkpoints.open(folder(sample))) {
      Model model = checkpoint.load();
      int vocabulary = model.config().extents().vocabulary();

      assertThat(model.weights().parameterCount()).isLessThan(MAX_PARAMETERS);
      assertThat(model.config().components()).isEqualTo(sample.config(vocabulary).components());
      assertThat(model.config().family()).isEqualTo(sample.config(vocabulary).family());
    }
    try (Stream<Path> files = Files.walk(folder(sample))) {
      assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(MAX_BYTES);
    }
  }
}
