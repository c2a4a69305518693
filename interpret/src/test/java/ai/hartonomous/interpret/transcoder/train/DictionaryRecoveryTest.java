package ai.hartonomous.interpret.transcoder.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Revival;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Skip;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Start;
import ai.hartonomous.tensor.RowUpdate.DecoderNorm;
import ai.hartonomous.tensor.RowUpdate.Reach;
import java.time.InstantSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DictionaryRecoveryTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void findsTheFeaturesTheValuesAreMadeOf(long seed) throws Exception {
    SyntheticDictionary dictionary = SyntheticDictionary.of(128, 32, 4, 40_000, seed);
    CoderRecipe recipe =
        CoderRecipe.of(192, 4, 1500, 20_000, seed)
            .with(Skip.NONE)
            .with(Start.ENCODER, DecoderNorm.UNIT)
            .with(Revival.after(20_000))
            .with(new CoderOptimizer.Adam(3e-3, 100, Reach.EVERY));
    var training =
        new CoderTraining(recipe, dictionary.stream(), TrainingPlan.of(1), InstantSource.system());

    SparseCoder coder = training.run(report -> {}).coders().getFirst();

    double recovered = dictionary.recovered(coder.weights().decoder(), 0.95);
    assertThat(recovered).isGreaterThanOrEqualTo(0.8);
  }
}
