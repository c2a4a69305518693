package ai.hartonomous.samples.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.InitialWeights;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.ModelConfig.Extents;
import ai.hartonomous.model.transformer.ModelConfig.LayerConfig;
import ai.hartonomous.model.transformer.Weights.Parameter;
import ai.hartonomous.samples.SampleModel;
import ai.hartonomous.samples.vocabulary.BytePairVocabulary;
import ai.hartonomous.samples.vocabulary.VocabularyTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
  private static final Tokenizer TOKENIZER =
      new VocabularyTokenizer(
          BytePairVocabulary.learn(List.of("CALC UNIT SORT VERB the near behind"), 280));

  @TempDir private Path folder;

  private static Recipe recipe(int threads) {
    return new Recipe(7, 12, 6, threads, 0.003f, 2);
  }

  /// The reckoner with one narrow layer.
  private static Training training(Recipe recipe) {
    ModelConfig full = SampleModel.RECKONER.config(TOKENIZER.vocabularySize());
    int vocabulary = TOKENIZER.vocabularySize();
    var narrow =
        new ModelConfig(
            full.family(),
            new Extents(16, 8, vocabulary, vocabulary, 128),
            full.positions(),
            full.norm(),
            full.block(),
            true,
            List.of(LayerConfig.grouped(2, 2, 24)));
    Model model =
        InitialWeights.of(
            narrow, SampleModel.RECKONER.parts(), new SplittableRandom(recipe.seed()));
    return new Training(model, SampleModel.RECKONER.skills(), TOKENIZER, recipe);
  }

  private static List<Parameter> weights(Training run) {
    return run.model().weights().parameters();
  }

  @Test
  void resumedRunEndsInTheSameBits() throws IOException, InterruptedException {
    Path file = folder.resolve("run");
    var curve = new LossCurve();
    try (Training undisturbed = training(recipe(2));
        Training stopped = training(recipe(2));
        Training resumed = training(recipe(2))) {
      for (int i = 0; i < 8; i++) {
        undisturbed.step();
      }
      for (int i = 0; i < 5; i++) {
        stopped.step();
      }
      curve.add(new LossCurve.Point(5, stopped.tokens(), 1.5, 0.001));
      RunFile.write(stopped, curve, file);

      var readCurve = new LossCurve();
      RunFile.read(resumed, readCurve, file);
      for (int i = 0; i < 3; i++) {
        resumed.step();
      }

      for (int p = 0; p < weights(resumed).size(); p++) {
        assertThat(weights(resumed).get(p).data())
            .as(weights(resumed).get(p).name())
            .isEqualTo(weights(undisturbed).get(p).data());
      }
      assertThat(resumed.tokens()).isEqualTo(undisturbed.tokens());
      assertThat(resumed.curriculum().failure()).isEqualTo(undisturbed.curriculum().failure());
      assertThat(readCurve.points()).isEqualTo(curve.points());
    }
  }

  @Test
  void lossFalls() throws InterruptedException {
    try (Training run = training(new Recipe(7, 60, 6, 1, 0.01f, 2))) {
      double first = run.step();
      double last = first;
      for (int i = 1; i < 60; i++) {
        last = run.step();
      }

      // A model that knows nothing loses ln 280 = 5.6 nats; one that knows the digits about 2.5.
      assertThat(first).isBetween(5.0, 6.5);
      assertThat(last).isLessThan(3.5);
    }
  }

  @Test
  void refusesRunOfAnotherRecipe() throws IOException {
    Path file = folder.resolve("run");
    try (Training one = training(recipe(1));
        Training two = training(recipe(2))) {
      RunFile.write(one, new LossCurve(), file);

      assertThatThrownBy(() -> RunFile.read(two, new LossCurve(), file))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("recipe");
    }
  }

  @Test
  void refusesDamagedRun() throws IOException {
    Path file = folder.resolve("run");
    try (Training run = training(recipe(1))) {
      RunFile.write(run, new LossCurve(), file);
      byte[] good = Files.readAllBytes(file);

      byte[] flipped = good.clone();
      flipped[good.length / 2] ^= 1;
      Files.write(file, flipped);
      assertThatThrownBy(() -> RunFile.read(run, new LossCurve(), file))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("check sum");

      Files.write(file, Arrays.copyOf(good, good.length / 2));
      assertThatThrownBy(() -> RunFile.read(run, new LossCurve(), file))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("ends too early");
    }
  }

  @Test
  void roundsToTheNearestBrainFloatAndTiesToEven() {
    assertThat(Training.roundToBrainFloat(1f)).isEqualTo(1f);
    assertThat(Training.roundToBrainFloat(1f + 1f / 256)).isEqualTo(1f);
    assertThat(Training.roundToBrainFloat(1f + 3f / 256)).isEqualTo(1f + 4f / 256);
    assertThat(Training.roundToBrainFloat(-1.01f)).isEqualTo(-1.0078125f);
  }

  @Test
  void rateWarmsUpAndFallsToItsFloor() {
    var recipe = new Recipe(1, 1000, 8, 1, 0.002f, 1);

    assertThat(recipe.rateAt(0)).isBetween(0f, 0.0001f);
    assertThat(recipe.rateAt(100)).isEqualTo(0.002f);
    assertThat(recipe.rateAt(999)).isBetween(0.0001f, 0.000105f);
  }
}
