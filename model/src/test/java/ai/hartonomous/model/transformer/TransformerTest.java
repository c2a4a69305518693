package ai.hartonomous.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Transformer.Segment;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TransformerTest {
  private static final Offset<Float> CLOSE = Offset.offset(1e-5f);
  private final Kernels kernels = Kernels.of(2);

  static Stream<Tiny.Named> models() {
    return Tiny.all(11).stream();
  }

  @AfterEach
  void close() {
    kernels.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void patchingWithTheOriginalValuesChangesNothing(Tiny.Named named) {
    var transformer = new Transformer(named.model(), kernels);
    Batch batch = batch(named.model());
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    Map<HookPoint, float[]> seen = new HashMap<>();
    float[] before = copy(transformer.forward(batch, trace, (p, v) -> seen.put(p, copy(v))));

    float[] after =
        copy(
            transformer.forward(
                batch,
                trace,
                (p, v) ->
                    System.arraycopy(original(seen, p), 0, v.data(), 0, v.rows() * v.cols())));

    assertThat(after).isEqualTo(before);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void everyHookPointReachesTheLogits(Tiny.Named named) {
    var transformer = new Transformer(named.model(), kernels);
    Batch batch = batch(named.model());
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    Map<HookPoint, float[]> seen = new HashMap<>();
    float[] before = copy(transformer.forward(batch, trace, (p, v) -> seen.put(p, copy(v))));

    for (HookPoint point : seen.keySet()) {
      Hooks change = (p, v) -> v.data()[0] += p.equals(point) ? 1f : 0f;
      float[] after = copy(transformer.forward(batch, trace, change));
      assertThat(after).as(point.path()).isNotEqualTo(before);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void keepingActivationsForTrainingChangesNothing(Tiny.Named named) {
    var transformer = new Transformer(named.model(), kernels);
    Batch batch = batch(named.model());

    Trace training = transformer.trace(Trace.Keep.TRAINING);
    Trace inference = transformer.trace(Trace.Keep.INFERENCE);

    assertThat(copy(transformer.forward(batch, training, Hooks.NONE)))
        .isEqualTo(copy(transformer.forward(batch, inference, Hooks.NONE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void growingTokenByTokenGivesTheLogitsOfTheWholePass(Tiny.Named named) {
    assumeThat(named.model().config().block().causal()).as("causal").isTrue();
    var transformer = new Transformer(named.model(), kernels);
    int[] ids = Arrays.copyOf(batch(named.model()).ids(), 9);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    Matrix whole = transformer.forward(Batch.of(ids), trace, Hooks.NONE);
    float[] expected = copy(whole);
    var cache = new KvCache(named.model().config(), 12);
    int[][] chunks = {{0, 4}, {4, 5}, {5, 7}, {7, 8}, {8, 9}};

    for (int[] chunk : chunks) {
      int[] next = Arrays.copyOfRange(ids, chunk[0], chunk[1]);
      float[] logits = copy(transformer.extend(next, cache, trace, Hooks.NONE));
      int outputs = logits.length;
      float[] row = Arrays.copyOfRange(expected, (chunk[1] - 1) * outputs, chunk[1] * outputs);
      assertThat(logits).containsExactly(row, CLOSE);
    }
  }

  @Test
  void severalSequencesGrowTogetherAsTheyWouldAlone() {
    Model model = Tiny.llama(5);
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    int[][] prompts = {{1, 2, 3, 4}, {5}, {6, 7}};
    var caches = new KvCache[prompts.length];
    float[][] alone = new float[prompts.length][];
    for (int s = 0; s < prompts.length; s++) {
      var cache = new KvCache(model.config(), 8);
      transformer.extend(prompts[s], cache, trace, Hooks.NONE);
      alone[s] = copy(transformer.extend(new int[] {8}, cache, trace, Hooks.NONE));
      caches[s] = new KvCache(model.config(), 8);
    }

    transformer.extend(segments(prompts, caches), trace, Hooks.NONE);
    Matrix together =
        transformer.extend(segments(new int[][] {{8}, {8}, {8}}, caches), trace, Hooks.NONE);

    for (int s = 0; s < prompts.length; s++) {
      assertThat(copy(together.rows(s, s + 1))).containsExactly(alone[s], CLOSE);
    }
  }

  @Test
  void truncatedCacheContinuesFromThere() {
    Model model = Tiny.gpt2(5);
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    var cache = new KvCache(model.config(), 8);
    float[] first = copy(transformer.extend(new int[] {1, 2, 3}, cache, trace, Hooks.NONE));
    transformer.extend(new int[] {9, 9}, cache, trace, Hooks.NONE);

    cache.truncate(2);
    float[] again = copy(transformer.extend(new int[] {3}, cache, trace, Hooks.NONE));

    assertThat(again).containsExactly(first, CLOSE);
  }

  @Test
  void refusesWhatTheModelCannotRead() {
    Model model = Tiny.llama(5);
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);

    assertThatThrownBy(() -> transformer.forward(Batch.of(17), trace, Hooks.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("token id 17 outside the vocabulary of 17");
    assertThatThrownBy(() -> transformer.forward(Batch.of(new int[25]), trace, Hooks.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("position 24 outside the context of 24");
    var cache = new KvCache(model.config(), 2);
    assertThatThrownBy(() -> transformer.extend(new int[3], cache, trace, Hooks.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 tokens do not fit into a cache of 2");
  }

  @Test
  void hookPathsNameLayerAndSite() {
    assertThat(new HookPoint(Site.NEURONS, 3).path()).isEqualTo("layers.3.neurons");
    assertThat(new HookPoint(Site.LOGITS, 0).path()).isEqualTo("logits");
  }

  private static List<Segment> segments(int[][] ids, KvCache[] caches) {
    return Stream.iterate(0, s -> s < ids.length, s -> s + 1)
        .map(s -> new Segment(ids[s], caches[s]))
        .toList();
  }

  private static float[] original(Map<HookPoint, float[]> seen, HookPoint point) {
    float[] values = seen.get(point);
    assertThat(values).as(point.path()).isNotNull();
    return values == null ? new float[0] : values;
  }

  private static Batch batch(Model model) {
    int[] ids =
        new SplittableRandom(5).ints(18, 0, model.config().extents().vocabulary()).toArray();
    return new Batch(ids, 2, 9);
  }

  private static float[] copy(Matrix values) {
    float[] out = new float[values.rows() * values.cols()];
    System.arraycopy(values.data(), values.offset(), out, 0, out.length);
    return out;
  }
}
