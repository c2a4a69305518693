package ai.hartonomous.interpret.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.capture.Corpus;
import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.DocumentSource;
import ai.hartonomous.interpret.capture.ModelStream;
import ai.hartonomous.interpret.capture.Packing;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.interpret.transcoder.train.CoderOptimizer;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Skip;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Start;
import ai.hartonomous.interpret.transcoder.train.CoderTraining;
import ai.hartonomous.interpret.transcoder.train.Sparsity;
import ai.hartonomous.interpret.transcoder.train.TrainingPlan;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.RowUpdate.DecoderNorm;
import ai.hartonomous.tensor.RowUpdate.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// A coder that was trained on a model for some steps goes to disk, and the other libraries' rules
/// find in the file the keys, the shapes and, on what the model computes, the values of the coder.
class TrainedFormatTest {
  private static final int LATENTS = 48;
  private static final int K = 4;
  private static final int STEPS = 60;
  private static final int ROWS = 32;
  private static final HookPair AFTER =
      new HookPair(new HookPoint(Site.RESIDUAL_AFTER, 1), new HookPoint(Site.RESIDUAL_AFTER, 1));

  @TempDir private Path temporary;

  /// A trained coder and what it was trained on.
  private record Trained(SparseCoder coder, float[][] inputs) {}

  @ParameterizedTest(name = "{0}")
  @CsvSource({"skip", "transcoder", "autoencoder"})
  void sparsifyReadsATrainedCoder(String kind) throws Exception {
    Trained trained = train(kind, new Sparsity.TopK(K));

    Path folder = Coders.write(temporary, new StoredCoder(trained.coder(), CoderNotes.NONE));

    JsonNode cfg = PlainReaders.json(folder.resolve("cfg.json"));
    PlainSafetensors file = PlainSafetensors.read(folder.resolve("sae.safetensors"));
    int width = trained.inputs()[0].length;
    assertThat(cfg.path("activation").asString()).isEqualTo("topk");
    assertThat(cfg.path("k").asInt()).isEqualTo(K);
    assertThat(cfg.path("transcode").asBoolean()).isEqualTo(!kind.equals("autoencoder"));
    assertThat(cfg.path("skip_connection").asBoolean()).isEqualTo(kind.equals("skip"));
    assertThat(file.shape("encoder.weight")).containsExactly(LATENTS, width);
    assertThat(file.shape("W_dec")).containsExactly(LATENTS, width);
    assertThat(file.shapes().containsKey("W_skip")).isEqualTo(kind.equals("skip"));
    for (float[] x : trained.inputs()) {
      assertSame(PlainReaders.sparsify(cfg, file, x), RandomCoders.output(trained.coder(), x));
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "skip, batchtopk, jumprelu_skip_transcoder",
    "transcoder, batchtopk, jumprelu_transcoder",
    "autoencoder, topk, topk",
    "autoencoder, batchtopk, jumprelu"
  })
  void saeLensReadsATrainedCoder(String kind, String sparsity, String architecture)
      throws Exception {
    boolean batch = sparsity.equals("batchtopk");
    Trained trained = train(kind, batch ? new Sparsity.BatchTopK(K) : new Sparsity.TopK(K));

    StoredCoder stored = new StoredCoder(trained.coder(), CoderNotes.NONE);
    Path folder = Coders.writeSaeLens(temporary, stored, "tiny");

    JsonNode cfg = PlainReaders.json(folder.resolve("cfg.json"));
    PlainSafetensors file = PlainSafetensors.read(folder.resolve("sae_weights.safetensors"));
    int width = trained.inputs()[0].length;
    assertThat(cfg.path("architecture").asString()).isEqualTo(architecture);
    assertThat(file.shape("W_enc")).containsExactly(width, LATENTS);
    assertThat(file.shape("W_dec")).containsExactly(LATENTS, width);
    assertThat(file.shapes().containsKey("threshold")).isEqualTo(batch);
    assertThat(file.shapes().containsKey("W_skip")).isEqualTo(kind.equals("skip"));
    for (float[] x : trained.inputs()) {
      assertSame(PlainReaders.saeLens(cfg, file, x), RandomCoders.output(trained.coder(), x));
    }
  }

  private Trained train(String kind, Sparsity sparsity) throws IOException, InterruptedException {
    boolean autoencoder = kind.equals("autoencoder");
    CoderRecipe recipe =
        CoderRecipe.of(LATENTS, K, STEPS, 1000, 3)
            .with(sparsity)
            .with(kind.equals("skip") ? Skip.LEARNED : Skip.NONE)
            .with(new CoderOptimizer.Adam(1e-2, 5, Reach.EVERY))
            .with(
                autoencoder ? Start.ENCODER : Start.ZEROS,
                autoencoder ? DecoderNorm.UNIT : DecoderNorm.FREE);
    List<Double> unexplained = new ArrayList<>();
    try (Kernels kernels = Kernels.of(1);
        ModelStream stream = stream(kernels, autoencoder ? AFTER : HookPair.mlp(1))) {
      var training = new CoderTraining(recipe, stream, TrainingPlan.of(1), InstantSource.system());
      SparseCoder coder =
          training
              .run(report -> unexplained.add(report.coders().getFirst().unexplained()))
              .coders()
              .getFirst();
      var x = stream.read(0).x().getFirst();
      float[][] inputs = new float[ROWS][x.cols()];
      for (int r = 0; r < ROWS; r++) {
        x.readRow(r, inputs[r], 0);
      }
      assertThat(unexplained.getLast()).isLessThan(0.9); // it has learned something
      return new Trained(coder, inputs);
    }
  }

  private ModelStream stream(Kernels kernels, HookPair pair) throws IOException {
    var random = new SplittableRandom(11);
    List<String> lines = new ArrayList<>();
    for (int d = 0; d < 60; d++) {
      lines.add(Arrays.toString(random.ints(20, 3, 17).toArray()));
    }
    Path ids = Files.write(temporary.resolve("ids"), lines);
    var packing =
        new Packing(Packing.Form.PACKED, 24, OptionalInt.of(1), OptionalInt.empty(), 1, Set.of());
    var text = new CorpusText(Corpus.ofIds(List.of(new DocumentSource.TokenIds(ids))), packing);
    return new ModelStream(
        new Transformer(Tiny.llama(6), kernels),
        "tiny",
        text,
        List.of(pair),
        new ModelStream.Settings(ROWS, 2 * ROWS, 48, 3));
  }

  /// Sums of at most 12 + 12 + 12 products of numbers about as large as the largest here, in single
  /// precision on our side.
  private static void assertSame(double[] expected, float[] found) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertThat(found).hasSameSizeAs(expected);
    for (int o = 0; o < expected.length; o++) {
      assertThat((double) found[o]).isCloseTo(expected[o], within(2e-5 * Math.max(1, largest)));
    }
  }
}
