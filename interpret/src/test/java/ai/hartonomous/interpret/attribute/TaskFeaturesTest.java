package ai.hartonomous.interpret.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.attribute.TaskFeatures.Score;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskFeaturesTest {

  /// Central differences: every feature's contribution is scaled a little up and down.
  @ParameterizedTest(name = "random coders, seed {0}")
  @ValueSource(longs = {18, 19})
  void scoresAreTheSlopesOfTheMetric(long seed) throws InterruptedException {
    Model model = Tiny.neox(seed);
    List<SparseCoder> coders =
        RandomCoders.of(model.config(), 20, 4, RandomCoders.Skip.WITHOUT_SKIP, seed);
    var pair =
        new PromptPair(
            RandomCoders.ids(model.config(), 5, seed),
            RandomCoders.ids(model.config(), 5, seed + 100),
            3,
            5);
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);

      List<Score> scores = TaskFeatures.of(transformer, coders, List.of(pair));

      assertThat(scores).hasSizeGreaterThan(10);
      double largest = Math.abs(scores.getFirst().score());
      for (Score score : scores.subList(0, 10)) {
        double slope = slope(transformer, coders.get(score.layer()), pair, score.latent());
        assertThat(score.score()).isCloseTo(slope, within(2e-2 * largest));
      }
    }
  }

  private static double slope(
      Transformer transformer, SparseCoder coder, PromptPair pair, int latent) {
    int[] other = pair.corrupted() == null ? pair.clean() : pair.corrupted();
    double[] difference = new double[pair.clean().length];
    double[] clean = activations(transformer, coder, pair.clean(), latent);
    double[] corrupted = activations(transformer, coder, other, latent);
    for (int q = 0; q < difference.length; q++) {
      difference[q] = clean[q] - corrupted[q];
    }
    double step = 0.01;
    double up = metric(transformer, coder, pair, latent, step, difference);
    double down = metric(transformer, coder, pair, latent, -step, difference);
    return (up - down) / (2 * step);
  }

  private static double[] activations(
      Transformer transformer, SparseCoder coder, int[] ids, int latent) {
    double[] values = new double[ids.length];
    transformer.forward(
        Batch.of(ids),
        transformer.trace(Trace.Keep.INFERENCE),
        (point, x) -> {
          if (point.equals(coder.reads())) {
            Latents latents = new Latents();
            coder.encode(x, transformer.kernels(), latents);
            for (int q = 0; q < values.length; q++) {
              values[q] = latents.value(q, latent);
            }
          }
        });
    return values;
  }

  private static double metric(
      Transformer transformer,
      SparseCoder coder,
      PromptPair pair,
      int latent,
      double step,
      double... difference) {
    Hooks hooks =
        (point, out) -> {
          for (int q = 0; point.equals(coder.writes()) && q < out.rows(); q++) {
            for (int c = 0; c < out.cols(); c++) {
              double part = coder.weights().decoder().at(latent, c);
              out.data()[out.rowOffset(q) + c] += (float) (step * difference[q] * part);
            }
          }
        };
    Matrix logits =
        transformer.forward(Batch.of(pair.clean()), transformer.trace(Trace.Keep.INFERENCE), hooks);
    int last = pair.clean().length - 1;
    return logits.at(last, pair.right()) - logits.at(last, pair.wrong());
  }

  @Test
  void anEqualCorruptedPromptLeavesNothing() throws InterruptedException {
    Model model = Tiny.llama(20);
    int[] ids = RandomCoders.ids(model.config(), 5, 20);
    List<SparseCoder> coders =
        RandomCoders.of(model.config(), 20, 4, RandomCoders.Skip.WITH_SKIP, 20);
    try (Kernels kernels = Kernels.of(1)) {
      List<Score> scores =
          TaskFeatures.of(
              new Transformer(model, kernels), coders, List.of(new PromptPair(ids, ids, 3, 5)));

      assertThat(scores).isNotEmpty().allMatch(score -> Math.abs(score.score()) < 1e-9);
    }
  }

  @Test
  void refusesPromptsOfDifferentLength() {
    assertThatThrownBy(() -> new PromptPair(new int[3], new int[2], 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 tokens and a corrupted one of 2");
  }

  @Test
  void scoresAreMeansOverPrompts() throws InterruptedException {
    Model model = Tiny.llama(21);
    List<SparseCoder> coders =
        RandomCoders.of(model.config(), 20, 4, RandomCoders.Skip.WITH_SKIP, 21);
    var one = new PromptPair(RandomCoders.ids(model.config(), 5, 21), null, 3, 5);
    var two = new PromptPair(RandomCoders.ids(model.config(), 6, 22), null, 4, 1);
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      Map<String, Double> expected = new HashMap<>();
      for (PromptPair pair : List.of(one, two)) {
        for (Score score : TaskFeatures.of(transformer, coders, List.of(pair))) {
          expected.merge(score.layer() + "." + score.latent(), score.score() / 2, Double::sum);
        }
      }

      List<Score> scores = TaskFeatures.of(transformer, coders, List.of(one, two));

      assertThat(scores).hasSameSizeAs(expected.keySet());
      for (Score score : scores) {
        double mean = expected.getOrDefault(score.layer() + "." + score.latent(), Double.NaN);
        assertThat(score.score()).isCloseTo(mean, within(1e-6));
      }
    }
  }
}
