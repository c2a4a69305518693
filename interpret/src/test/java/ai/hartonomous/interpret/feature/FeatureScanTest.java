package ai.hartonomous.interpret.feature;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.capture.Corpus;
import ai.hartonomous.interpret.capture.CorpusText;
import ai.hartonomous.interpret.capture.DocumentSource;
import ai.hartonomous.interpret.capture.Packing;
import ai.hartonomous.interpret.transcoder.CoderActivation.JumpRelu;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.checkpoint.CheckpointException;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Features of a small coder at the embedding of a small model, where the truth is known: latent 0
/// is active on one token alone, latent 1 is dead, the others are random directions.
class FeatureScanTest {
  private static final int VOCABULARY = 17;
  private static final int WIDTH = 12;
  private static final HookPoint POINT = new HookPoint(Site.RESIDUAL_BEFORE, 0);
  private static final List<String> TEXTS =
      IntStream.range(0, VOCABULARY).mapToObj(v -> " w" + (char) ('a' + v)).toList();
  private static final ScanSettings SETTINGS = new ScanSettings(4, 2, 5, 40, 200, 64, 3);

  private final Model model = Tiny.llama(5);
  private final SparseCoder coder = coder();
  private final List<int[]> text = text(200, 12);
  @TempDir private Path folder;

  @Test
  void countsAreThoseOfAPlainPassOverTheText() throws IOException {
    List<Feature> features = features(text);

    long[] active = new long[coder.weights().latents()];
    float[] maximum = new float[active.length];
    long tokens = plainPass(active, maximum);
    for (Feature feature : features) {
      int f = feature.index();
      assertThat(feature.use().tokens()).isEqualTo(tokens);
      assertThat(feature.use().active()).isEqualTo(active[f]);
      assertThat(feature.use().maximum()).isCloseTo(maximum[f], within(1e-5f));
      assertThat(Arrays.stream(feature.use().histogram()).sum()).isEqualTo(active[f]);
      if (active[f] > 0) {
        assertThat(feature.groups().getFirst().examples().getFirst().value())
            .isLessThanOrEqualTo(feature.use().maximum());
      }
    }
    assertThat(active[1]).isZero();
    assertThat(features.get(1).groups()).isEmpty();
    assertThat(features.get(1).detection()).isNull();
  }

  private long plainPass(long[] active, float[] maximum) {
    long tokens = 0;
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      for (int[] ids : text) {
        Latents latents = new Latents();
        transformer.forward(
            Batch.of(ids),
            transformer.trace(Trace.Keep.INFERENCE),
            (point, values) -> {
              if (point.equals(POINT)) {
                coder.encode(values, kernels, latents);
              }
            });
        for (int t = 1; t < ids.length; t++) {
          tokens++;
          for (int f = 0; f < active.length; f++) {
            active[f] += latents.value(t, f) > 0 ? 1 : 0;
            maximum[f] = Math.max(maximum[f], latents.value(t, f));
          }
        }
      }
    }
    return tokens;
  }

  @Test
  void aFeatureOfOneTokenIsNamedAfterItAndScoresPerfectly() throws IOException {
    Detection detection = Optional.ofNullable(features(text).getFirst().detection()).orElseThrow();

    assertThat(detection.label()).contains("on \"%s\"".formatted(TEXTS.get(loudest())));
    assertThat(detection.kind()).isEqualTo("single token");
    assertThat(detection.score().balancedAccuracy()).isEqualTo(1);
    assertThat(detection.control().balancedAccuracy()).isLessThan(0.7);
  }

  @Test
  void examplesAndScoresShareNoSequence() throws IOException {
    for (Feature feature : features(text)) {
      for (Feature.Group group : feature.groups()) {
        for (Example example : group.examples()) {
          assertThat(FeatureScan.isHeldOut(SETTINGS.seed(), example.sequence())).isFalse();
        }
      }
    }
    int heldOut = 0;
    for (int s = 0; s < 1000; s++) {
      heldOut += FeatureScan.isHeldOut(SETTINGS.seed(), s) ? 1 : 0;
    }
    assertThat(heldOut).isBetween(430, 570); // 500 ± 4.4 standard deviations
  }

  @Test
  void examplesShowTheTokensOfTheirSequence() throws IOException {
    for (Feature feature : features(text)) {
      for (Feature.Group group : feature.groups()) {
        for (Example example : group.examples()) {
          int[] ids = text.get((int) example.sequence());
          int from = example.position() - example.peak();
          assertThat(example.tokens())
              .isEqualTo(Arrays.copyOfRange(ids, from, from + example.tokens().length));
          assertThat(example.value()).isPositive();
        }
      }
      List<Example> top =
          feature.groups().isEmpty() ? List.of() : feature.groups().getFirst().examples();
      assertThat(top).isSortedAccordingTo((a, b) -> Float.compare(b.value(), a.value()));
      assertThat(top.stream().map(Example::sequence)).doesNotHaveDuplicates();
    }
  }

  @Test
  void theSameTextAndSeedGiveTheSameFeatures() throws IOException {
    assertThat(json(features(text))).isEqualTo(json(features(text)));
  }

  @Test
  void promotedTokensAreTheRowThroughGainAndOutputMatrix() throws IOException {
    Feature feature = features(text).get(3);

    Norm norm = Optional.ofNullable(model.weights().finalNorm()).orElseThrow();
    double[] logits = new double[VOCABULARY];
    float[] row = new float[WIDTH];
    for (int v = 0; v < VOCABULARY; v++) {
      model.weights().output().weight().readRow(v, row, 0);
      for (int c = 0; c < WIDTH; c++) {
        logits[v] += coder.weights().decoder().at(3, c) * norm.gain()[c] * row[c];
      }
    }
    double mean = Arrays.stream(logits).average().orElseThrow();
    double most = Arrays.stream(logits).max().orElseThrow() - mean;
    double least = Arrays.stream(logits).min().orElseThrow() - mean;
    assertThat((double) feature.outputs().promoted().getFirst().weight())
        .isCloseTo(most, within(1e-3));
    assertThat((double) feature.outputs().demoted().getFirst().weight())
        .isCloseTo(least, within(1e-3));
  }

  @Test
  void filesGiveBackWhatWasWritten() throws IOException {
    List<Feature> features = features(text);
    Path file = folder.resolve("features.bin");

    FeatureFile.write(file, features, "{\"a\":1}");

    try (FeatureFile read = FeatureFile.open(file)) {
      assertThat(read.size()).isEqualTo(features.size());
      assertThat(read.pages()).isEqualTo(2);
      assertThat(read.origin()).isEqualTo("{\"a\":1}");
      List<Feature> all = new ArrayList<>(read.page(0));
      all.addAll(read.page(1));
      assertThat(json(all)).isEqualTo(json(features));
      assertThat(json(List.of(read.feature(34)))).isEqualTo(json(List.of(features.get(34))));
    }
  }

  /// The names and types of circuit-tracer's frontend/feature_models.py.
  @Test
  void jsonHasTheFieldsThatFrontEndsRead() throws IOException {
    JsonNode json = new JsonMapper().readTree(json(features(text)).get(3));

    assertThat(json.path("transcoder_id").isString()).isTrue();
    assertThat(json.path("index").asInt()).isEqualTo(3);
    for (String list : List.of("top_logits", "bottom_logits", "quantile_values", "histogram")) {
      assertThat(json.path(list).isArray()).as(list).isTrue();
    }
    for (String number : List.of("act_min", "act_max", "activation_frequency")) {
      assertThat(json.path(number).isNumber()).as(number).isTrue();
    }
    assertThat(json.path("act_min").asDouble()).isLessThan(json.path("act_max").asDouble());
    JsonNode group = json.path("examples_quantiles").get(0);
    assertThat(group.path("quantile_name").asString()).isEqualTo("top");
    JsonNode example = group.path("examples").get(0);
    assertThat(example.path("tokens").size()).isEqualTo(example.path("tokens_acts_list").size());
    int at = example.path("train_token_ind").asInt();
    assertThat(example.path("tokens_acts_list").get(at).asDouble()).isPositive();
    assertThat(example.path("is_repeated_datapoint").isBoolean()).isTrue();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void aChangedByteNeverGoesUnnoticed(long seed) throws IOException {
    Path file = folder.resolve("features.bin");
    FeatureFile.write(file, features(text), "{}");
    byte[] good = Files.readAllBytes(file);
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 100; i++) {
      byte[] bad = good.clone();
      int at = random.nextInt(bad.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bad);

      assertThatThrownBy(() -> readAll(file))
          .as("byte " + at)
          .isInstanceOf(CheckpointException.class);
    }
    Files.write(file, Arrays.copyOf(good, good.length / 2));
    assertThatThrownBy(() -> readAll(file)).isInstanceOf(CheckpointException.class);
  }

  private static void readAll(Path file) throws IOException {
    try (FeatureFile read = FeatureFile.open(file)) {
      for (int p = 0; p < read.pages(); p++) {
        read.page(p);
      }
    }
  }

  private static List<String> json(List<Feature> features) {
    return features.stream().map(f -> FeatureJson.of(f, "coder", TEXTS)).toList();
  }

  /// {@return one document for each sequence; the first position of each does not count}
  private CorpusText corpus(List<int[]> sequences) throws IOException {
    List<String> lines =
        sequences.stream()
            .map(ids -> Arrays.stream(ids).mapToObj(Integer::toString).collect(joining(" ")))
            .toList();
    Path file = Files.write(folder.resolve("ids.txt"), lines);
    var packing =
        new Packing(
            Packing.Form.SEPARATED, 12, OptionalInt.empty(), OptionalInt.empty(), 1, Set.of());
    return new CorpusText(Corpus.ofIds(List.of(new DocumentSource.TokenIds(file))), packing);
  }

  private List<Feature> features(List<int[]> sequences) throws IOException {
    try (Kernels kernels = Kernels.of(1)) {
      var scan = new FeatureScan(new Transformer(model, kernels), List.of(coder), SETTINGS);
      scan.read(corpus(sequences), tokens -> {});
      var look = new FeatureBook.Look(TEXTS, 7);
      return FeatureBook.of(scan, 0, coder, model, kernels, look);
    }
  }

  /// {@return the token with the longest embedding: by Cauchy and Schwarz no other one reaches its
  /// product with itself}
  private int loudest() {
    int loudest = 0;
    for (int v = 1; v < VOCABULARY; v++) {
      loudest = dot(v, v) > dot(loudest, loudest) ? v : loudest;
    }
    return loudest;
  }

  private double dot(int a, int b) {
    float[] x = new float[WIDTH];
    float[] y = new float[WIDTH];
    model.weights().tokens().readRow(a, x, 0);
    model.weights().tokens().readRow(b, y, 0);
    double sum = 0;
    for (int c = 0; c < WIDTH; c++) {
      sum += (double) x[c] * y[c];
    }
    return sum;
  }

  private SparseCoder coder() {
    int latents = 40;
    var random = new SplittableRandom(11);
    Matrix encoder = Matrix.zeros(latents, WIDTH);
    Matrix decoder = Matrix.zeros(latents, WIDTH);
    float[] thresholds = new float[latents];
    for (int i = 0; i < latents * WIDTH; i++) {
      encoder.data()[i] = (float) random.nextGaussian();
      decoder.data()[i] = (float) random.nextGaussian();
    }
    int loudest = loudest();
    model.weights().tokens().readRow(loudest, encoder.data(), 0);
    double second =
        IntStream.range(0, VOCABULARY)
            .filter(v -> v != loudest)
            .mapToDouble(v -> dot(loudest, v))
            .max()
            .orElseThrow();
    thresholds[0] = (float) ((dot(loudest, loudest) + second) / 2);
    thresholds[1] = Float.MAX_VALUE;
    var weights =
        new CoderWeights(encoder, new float[latents], decoder, new float[WIDTH], null, null);
    return new SparseCoder(POINT, POINT, new JumpRelu(thresholds), weights);
  }

  private static List<int[]> text(int sequences, int length) {
    var random = new SplittableRandom(2);
    List<int[]> text = new ArrayList<>();
    for (int s = 0; s < sequences; s++) {
      text.add(random.ints(length - s % 3, 0, VOCABULARY).toArray());
    }
    return text;
  }
}
