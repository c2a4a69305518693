package ai.hartonomous.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.hartonomous.model.tiny.Tiny;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Trace.Keep;
import ai.hartonomous.model.transformer.Trace.Readers;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Passes in which every reader of the residual stream has its own copy. Their gradients are tested
/// in {@link TransformerGradientTest}.
class SplitInputsTest {
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
  void splittingChangesNoLogits(Tiny.Named named) {
    var transformer = new Transformer(named.model(), kernels);
    Batch batch = batch(named.model());
    float[] expected =
        copy(transformer.forward(batch, transformer.trace(Keep.TRAINING), Hooks.NONE));

    for (Keep keep : Keep.values()) {
      Trace trace = transformer.trace(keep, Readers.SPLIT);
      assertThat(copy(transformer.forward(batch, trace, Hooks.NONE)))
          .containsExactly(expected, CLOSE);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void everyCopyReachesTheLogitsAndNothingElseAtItsPlace(Tiny.Named named) {
    var transformer = new Transformer(named.model(), kernels);
    Batch batch = batch(named.model());
    Trace trace = transformer.trace(Keep.INFERENCE, Readers.SPLIT);
    Map<HookPoint, float[]> seen = new HashMap<>();
    float[] before = copy(transformer.forward(batch, trace, (p, v) -> seen.put(p, copy(v))));
    Set<Site> sites = new HashSet<>();

    for (HookPoint point : seen.keySet()) {
      sites.add(point.site());
      Hooks change = (p, v) -> v.data()[v.rows() * v.cols() - 1] += p.equals(point) ? 1f : 0f;
      float[] after = copy(transformer.forward(batch, trace, change));
      assertThat(after).as(point.path()).isNotEqualTo(before);
    }
    assertThat(sites).contains(Site.QUERY_INPUT, Site.KEY_INPUT, Site.VALUE_INPUT);
  }

  @Test
  void changingWhatOneHeadReadsLeavesTheOthersAlone() {
    Model model = Tiny.llama(3); // 4 query heads share 2 key/value heads
    var transformer = new Transformer(model, kernels);
    Batch batch = batch(model);
    Trace trace = transformer.trace(Keep.INFERENCE, Readers.SPLIT);
    int k = model.config().extents().headWidth();
    var heads = new HashMap<Boolean, float[]>();
    for (boolean changed : new boolean[] {false, true}) {
      transformer.forward(
          batch,
          trace,
          (p, v) -> {
            if (changed && p.equals(new HookPoint(Site.VALUE_INPUT, 0))) {
              int from = v.rowOffset(2 * batch.rows());
              Arrays.fill(v.data(), from, from + batch.rows() * v.cols(), 0.5f);
            } else if (p.equals(new HookPoint(Site.HEAD_OUTPUT, 0))) {
              heads.put(changed, copy(v));
            }
          });
    }

    float[] plain = heads.getOrDefault(false, new float[0]);
    float[] other = heads.getOrDefault(true, new float[0]);
    for (int i = 0; i < plain.length; i++) {
      int head = i / k % 4;
      if (head != 2) {
        assertThat(other[i]).isEqualTo(plain[i]);
      }
    }
    assertThat(other).isNotEqualTo(plain);
  }

  @Test
  void refusesWhatItCannotDo() {
    Model model = Tiny.llama(3);
    var transformer = new Transformer(model, kernels);
    Trace trace = transformer.trace(Keep.TRAINING, Readers.SPLIT);
    Matrix logits = transformer.forward(Batch.of(1, 2), trace, Hooks.NONE);
    Weights gradients = model.weights().zeros();
    var cache = new KvCache(model.config(), 4);

    assertThatThrownBy(() -> transformer.backward(trace, logits, gradients, Hooks.NONE))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> transformer.extend(new int[] {1}, cache, trace, Hooks.NONE))
        .isInstanceOf(IllegalStateException.class);
  }

  private static Batch batch(Model model) {
    int[] ids =
        new SplittableRandom(5).ints(18, 0, model.config().extents().vocabulary()).toArray();
    return new Batch(ids, 2, 9);
  }

  private static float[] copy(Matrix values) {
    return Arrays.copyOfRange(
        values.data(), values.offset(), values.offset() + values.rows() * values.cols());
  }
}
