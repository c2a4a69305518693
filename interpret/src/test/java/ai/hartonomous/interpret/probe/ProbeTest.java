package ai.hartonomous.interpret.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.hartonomous.interpret.probe.Component.Kind;
import ai.hartonomous.interpret.transcoder.CoderActivation.Relu;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.LayerWeights;
import ai.hartonomous.model.transformer.LayerWeights.Linear;
import ai.hartonomous.model.transformer.LayerWeights.Mlp;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Weights;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProbeTest {
  private static final int VOCABULARY = 17;

  @Test
  void standardTextsAreManyDifferentAndAlwaysTheSame() {
    List<Probe> probes = ProbeTexts.standard();

    assertThat(probes).hasSize(1536).doesNotHaveDuplicates();
    assertThat(probes.stream().map(Probe::text)).doesNotHaveDuplicates();
    Map<String, Long> domains =
        probes.stream().collect(Collectors.groupingBy(Probe::domain, Collectors.counting()));
    assertThat(domains).hasSize(32);
    assertThat(domains.values()).containsOnly(48L);
    assertThat(ProbeTexts.standard()).isEqualTo(probes);
    assertThat(ProbeTexts.generate(64, 2)).isNotEqualTo(ProbeTexts.generate(64, 3));
    assertThat(probes).allMatch(probe -> !probe.text().matches(".*\\{[a-z]+[0-9]?\\}.*"));
    assertThat(probes).allMatch(probe -> probe.text().length() < 120);
  }

  @Test
  void aHeadRespondsWithTheNormOfWhatItAdds() throws InterruptedException {
    Model model = Tiny.llama(3);
    int[] ids = {1, 5, 3, 9, 2};
    int heads = 4;
    int k = 4;
    Responses responses = measure(model, List.of(), List.of(ids, new int[] {4, 4, 8}));
    double[] expected = new double[heads];
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      transformer.forward(
          Batch.of(ids),
          transformer.trace(Trace.Keep.INFERENCE),
          (point, z) -> {
            if (!point.equals(new HookPoint(Site.HEAD_OUTPUT, 1))) {
              return;
            }
            Matrix output = (Matrix) model.weights().layers().get(1).attention().output().weight();
            for (int h = 0; h < heads; h++) {
              for (int t = 1; t < ids.length; t++) {
                double squares = 0;
                for (int d = 0; d < output.rows(); d++) {
                  double sum = 0;
                  for (int i = h * k; i < (h + 1) * k; i++) {
                    sum += (double) output.at(d, i) * z.at(t, i);
                  }
                  squares += sum * sum;
                }
                expected[h] += Math.sqrt(squares) / (ids.length - 1);
              }
            }
          });
    }
    for (int h = 0; h < heads; h++) {
      int c = indexOf(responses, "layers.1.heads." + h);
      assertThat((double) responses.values()[c][0])
          .isCloseTo(expected[h], within(1e-4 * expected[h]));
    }
  }

  @Test
  void neuronsAndFeaturesRespondWithTheMeanSizeOfTheirActivation() throws InterruptedException {
    Model model = Tiny.gpt2(3);
    SparseCoder coder = coder(12);
    int[] ids = {1, 5, 3, 9};
    Responses responses = measure(model, List.of(coder), List.of(ids, new int[] {4, 4}));
    Map<String, Float> expected = new TreeMap<>();
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      transformer.forward(
          Batch.of(ids),
          transformer.trace(Trace.Keep.INFERENCE),
          (point, rows) -> {
            for (int t = 1; t < ids.length; t++) {
              if (point.equals(new HookPoint(Site.NEURONS, 0))) {
                expected.merge("layers.0.neurons.2", Math.abs(rows.at(t, 2)) / 3, Float::sum);
              }
              if (point.equals(coder.reads())) {
                float z = 0;
                for (int d = 0; d < 12; d++) {
                  z += coder.weights().encoder().at(5, d) * rows.at(t, d);
                }
                expected.merge("layers.1.mlp_input.features.5", Math.max(0, z) / 3, Float::sum);
              }
            }
          });
    }
    assertThat(expected).hasSize(2);
    expected.forEach(
        (path, value) ->
            assertThat(responses.values()[indexOf(responses, path)][0])
                .isCloseTo(value, within(1e-4f)));
  }

  @Test
  void embeddingsAreStandardisedAndDeadComponentsAreZero() {
    var responses =
        new Responses(
            List.of(new Component("a", Kind.NEURON), new Component("b", Kind.NEURON)),
            new float[][] {{1, 2, 3, 6}, {5, 5, 5, 5}});

    var space = new ProbeSpace(responses);

    double sum = 0;
    double squares = 0;
    for (float x : space.embedding(0)) {
      sum += x;
      squares += (double) x * x;
    }
    assertThat(sum).isCloseTo(0, within(1e-6));
    assertThat(squares).isCloseTo(1, within(1e-6));
    assertThat(space.embedding(1)).containsOnly(0);
  }

  @Test
  void theSameNeuronIsFoundInAModelWhoseNeuronsStandElsewhere() throws InterruptedException {
    Model model = Tiny.llama(3);
    List<int[]> texts = texts(40);
    var space = new ProbeSpace(measure(model, List.of(), texts));
    var other = new ProbeSpace(measure(reversed(model), List.of(), texts));

    for (int n = 0; n < 10; n++) {
      float[] query = space.embedding(space.indexOf("layers.0.neurons." + n));
      ProbeSpace.Hit hit = other.search(query, 1, Set.of(Kind.NEURON)).getFirst();

      assertThat(hit.component().path()).isEqualTo("layers.0.neurons." + (9 - n));
      assertThat(hit.cosine()).isCloseTo(1, within(1e-5));
    }
  }

  /// Negating a row of `up` and the column of `down` changes nothing in a gated MLP.
  @Test
  void theSignOfAGatedNeuronIsNoPartOfItsEmbedding() throws InterruptedException {
    Model model = Tiny.llama(3);
    List<int[]> texts = texts(20);
    float[] before = measure(model, List.of(), texts).values()[8];
    Mlp mlp = Objects.requireNonNull(model.weights().layers().getFirst().mlp());
    Matrix up = (Matrix) mlp.up().weight();
    Matrix down = (Matrix) mlp.down().weight();
    for (int i = 0; i < up.cols(); i++) {
      up.data()[up.rowOffset(0) + i] *= -1;
      down.data()[down.rowOffset(i)] *= -1;
    }

    Responses after = measure(model, List.of(), texts);

    assertThat(after.components().get(8).path()).isEqualTo("layers.0.neurons.0");
    assertThat(after.values()[8]).containsExactly(before, within(1e-5f));
  }

  @Test
  void aProbeTextIsNearestToItself() throws InterruptedException {
    Model model = Tiny.neox(3);
    List<int[]> texts = texts(30);
    var space = new ProbeSpace(measure(model, List.of(), texts));

    for (int p = 0; p < texts.size(); p++) {
      float[] profile = space.embed(measure(model, List.of(), List.of(texts.get(p))));
      for (int other = 0; other < profile.length; other++) {
        assertThat(profile[other]).isLessThanOrEqualTo(profile[p] + 1e-6f);
      }
    }
  }

  @Test
  void queriesOfOtherProbeTextsAreRefused() throws InterruptedException {
    var space = new ProbeSpace(measure(Tiny.llama(3), List.of(), texts(5)));

    assertThatThrownBy(() -> space.cosines(new float[6])).hasMessageContaining("6 dimensions");
    assertThatThrownBy(() -> space.embed(measure(Tiny.gpt2(3), List.of(), texts(1))))
        .hasMessageContaining("other components");
    assertThatThrownBy(() -> space.indexOf("layers.9.heads.0"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTextAloneIsEmbeddedAsInAList() throws InterruptedException {
    Model model = Tiny.llama(3);
    List<int[]> texts = texts(20);
    Responses responses = measure(model, List.of(), texts);
    var space = new ProbeSpace(responses);
    float[] alone;
    try (Kernels kernels = Kernels.of(1)) {
      var transformer = new Transformer(model, kernels);
      var meter = new ResponseMeter(transformer, List.of(), 1);
      alone = meter.respond(texts.get(4), transformer.trace(Trace.Keep.INFERENCE));
    }

    for (int c = 0; c < alone.length; c++) {
      assertThat(alone[c]).isEqualTo(responses.values()[c][4]);
    }
    assertThat(space.embed(alone))
        .containsExactly(space.embed(measure(model, List.of(), List.of(texts.get(4)))));
    assertThatThrownBy(() -> space.embed(new float[alone.length - 1]))
        .hasMessageContaining("components");
  }

  @Test
  void aSpaceInTheMemoryOfItsResponsesIsTheSame() throws InterruptedException {
    Responses responses = measure(Tiny.llama(3), List.of(), texts(20));
    var space = new ProbeSpace(responses);
    float[] text = new float[responses.components().size()];
    Arrays.fill(text, 0.3f);

    var inPlace = ProbeSpace.inPlaceOf(responses);

    assertThat(inPlace.embed(text)).containsExactly(space.embed(text));
    for (int c = 0; c < text.length; c++) {
      assertThat(inPlace.embedding(c)).containsExactly(space.embedding(c));
      assertThat(responses.values()[c]).containsExactly(space.embedding(c));
    }
  }

  private static int indexOf(Responses responses, String path) {
    return responses.components().stream().map(Component::path).toList().indexOf(path);
  }

  private static Responses measure(Model model, List<SparseCoder> coders, List<int[]> texts)
      throws InterruptedException {
    try (Kernels kernels = Kernels.of(1)) {
      return new ResponseMeter(new Transformer(model, kernels), coders, 1)
          .measure(texts, done -> {});
    }
  }

  private static List<int[]> texts(int count) {
    var random = new SplittableRandom(8);
    List<int[]> texts = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      texts.add(random.ints(5 + p % 4, 0, VOCABULARY).toArray());
    }
    return texts;
  }

  private static SparseCoder coder(int width) {
    var random = new SplittableRandom(4);
    Matrix encoder = Matrix.zeros(7, width);
    for (int i = 0; i < encoder.data().length; i++) {
      encoder.data()[i] = (float) random.nextGaussian();
    }
    var weights =
        new CoderWeights(
            encoder, new float[7], Matrix.zeros(7, width), new float[width], null, null);
    return new SparseCoder(
        new HookPoint(Site.MLP_INPUT, 1), new HookPoint(Site.MLP_OUTPUT, 1), new Relu(), weights);
  }

  /// {@return the same function, with the neurons of layer 0 in reverse order}
  private static Model reversed(Model model) {
    List<LayerWeights> layers = new ArrayList<>(model.weights().layers());
    LayerWeights first = layers.getFirst();
    Mlp mlp = Objects.requireNonNull(first.mlp());
    Linear gate = Objects.requireNonNull(mlp.gate());
    var turned =
        new Mlp(
            new Linear(rows((Matrix) gate.weight()), null),
            new Linear(rows((Matrix) mlp.up().weight()), null),
            new Linear(rows(((Matrix) mlp.down().weight()).transposed()).transposed(), null));
    layers.set(
        0, new LayerWeights(first.attentionNorm(), first.attention(), first.mlpNorm(), turned));
    Weights weights = model.weights();
    return new Model(
        model.config(),
        new Weights(
            weights.tokens(), weights.positions(), layers, weights.finalNorm(), weights.output()));
  }

  private static Matrix rows(Matrix matrix) {
    Matrix result = Matrix.zeros(matrix.rows(), matrix.cols());
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.readRow(matrix.rows() - 1 - r, result.data(), result.rowOffset(r));
    }
    return result;
  }
}
