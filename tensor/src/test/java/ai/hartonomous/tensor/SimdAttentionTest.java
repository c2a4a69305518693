package ai.hartonomous.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.hartonomous.tensor.AttentionShape.KeyHeads;
import ai.hartonomous.tensor.AttentionShape.Mask;
import ai.hartonomous.tensor.Kernels.Attended;
import ai.hartonomous.tensor.Kernels.PatternValue;
import ai.hartonomous.tensor.Kernels.QueryKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimdAttentionTest {

  private final Kernels reference = new ReferenceKernels();
  private final Kernels simd = new SimdKernels(2);

  @AfterEach
  void closeKernels() {
    simd.close();
  }

  static List<AttentionShape> shapes() {
    var one = new KeyHeads(new int[] {0}, 1);
    var four = new KeyHeads(new int[] {0, 1, 2, 3}, 4);
    var grouped = new KeyHeads(new int[] {2, 0, 0, 1, 2}, 3);
    var unused = new KeyHeads(new int[] {1}, 2);
    var none = new KeyHeads(new int[0], 0);
    return List.of(
        new AttentionShape(1, 1, 1, 8, one, new Mask(true, 0, 0.5f)),
        new AttentionShape(2, 1, 40, 48, four, new Mask(true, 0, 0.2f)),
        new AttentionShape(1, 3, 70, 33, grouped, new Mask(true, 16, 0.2f)),
        new AttentionShape(2, 5, 5, 8, grouped, new Mask(true, 0, 0.3f)),
        new AttentionShape(2, 33, 33, 32, four, new Mask(true, 0, 0.2f)),
        new AttentionShape(1, 96, 96, 49, grouped, new Mask(false, 0, 0.1f)),
        new AttentionShape(1, 50, 90, 64, four, new Mask(true, 7, 0.1f)),
        new AttentionShape(1, 40, 40, 16, one, new Mask(false, 13, -0.25f)),
        new AttentionShape(1, 300, 300, 20, one, new Mask(true, 0, 0.2f)),
        new AttentionShape(1, 280, 290, 20, one, new Mask(true, 260, 0.2f)),
        new AttentionShape(1, 6, 1100, 8, unused, new Mask(true, 0, 0.3f)),
        new AttentionShape(3, 7, 7, 8, none, new Mask(true, 0, 1)),
        new AttentionShape(0, 7, 7, 8, four, new Mask(true, 0, 1)),
        new AttentionShape(2, 0, 0, 8, four, new Mask(true, 0, 1)));
  }

  private static float[] queries(AttentionShape s, long seed) {
    return Samples.uniform(Shapes.queryElements(s), seed);
  }

  private static float[] keys(AttentionShape s, long seed) {
    return Samples.uniform(Shapes.keyElements(s), seed);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void patternsAgree(AttentionShape shape) {
    float[] q = queries(shape, 1);
    float[] k = keys(shape, 2);
    float[] expected = new float[shape.patternSize()];
    float[] actual = Samples.uniform(shape.patternSize(), 3);
    reference.attentionPattern(shape, q, k, expected);

    simd.attentionPattern(shape, q, k, actual);

    // Scores are below K |scale| <= 8 and off by some units of rounding, weights relatively as
    // much.
    assertClose(actual, expected, 2e-5f);
  }

  @Test
  void severalSequencesAreEachAsAlone() {
    for (Kernels kernels : List.of(simd, reference)) {
      var heads = new KeyHeads(new int[] {2, 0, 0, 1, 2}, 3);
      int[] queries = {1, 1, 3, 1, 6, 1};
      int[] keys = {1, 90, 33, 300, 20, 17};
      List<Attended> all = attended(heads, queries, keys);

      kernels.attentionPatterns(all);
      kernels.attentionOutputs(all);

      for (Attended one : all) {
        AttentionShape shape = one.shape();
        int size = Shapes.queryElements(shape);
        float[] q = Arrays.copyOfRange(one.q(), one.at(), one.at() + size);
        float[] pattern = new float[shape.patternSize()];
        float[] z = new float[size];
        kernels.attentionPattern(shape, q, one.k(), pattern);
        kernels.attentionOutput(shape, pattern, one.v(), z);
        int end = one.patternAt() + pattern.length;
        assertThat(Arrays.copyOfRange(one.pattern(), one.patternAt(), end)).isEqualTo(pattern);
        assertThat(Arrays.copyOfRange(one.z(), one.at(), one.at() + size)).isEqualTo(z);
      }
    }
  }

  private static List<Attended> attended(KeyHeads heads, int[] queries, int[] keys) {
    int width = 33;
    int rows = Arrays.stream(queries).sum();
    float[] q = Samples.uniform(rows * heads.of().length * width, 1);
    float[] z = Samples.uniform(q.length, 2);
    float[] pattern = Samples.uniform(20_000, 3);
    List<Attended> all = new ArrayList<>();
    int at = 0;
    int patternAt = 5;
    for (int s = 0; s < queries.length; s++) {
      var shape =
          new AttentionShape(1, queries[s], keys[s], width, heads, new Mask(true, 50, 0.2f));
      float[] k = keys(shape, 10 + s);
      float[] v = keys(shape, 20 + s);
      all.add(new Attended(shape, q, z, at, k, v, pattern, patternAt));
      at += Shapes.queryElements(shape);
      patternAt += shape.patternSize();
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void outputsAgreeAndMaskedPlacesAreNotRead(AttentionShape shape) {
    float[] pattern = Samples.uniform(shape.patternSize(), 1);
    float[] v = keys(shape, 2);
    float[] expected = new float[Shapes.queryElements(shape)];
    float[] actual = Samples.uniform(expected.length, 3);
    reference.attentionOutput(shape, pattern, v, expected);
    spoilMasked(shape, pattern);

    simd.attentionOutput(shape, pattern, v, actual);

    // Up to 1100 products of numbers in [-1, 1]: partial sums stay below about 50.
    assertClose(actual, expected, 1e-4f);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void gradientsOfPatternsAgree(AttentionShape shape) {
    var in = new QueryKey(queries(shape, 1), keys(shape, 2));
    float[] pattern = new float[shape.patternSize()];
    reference.attentionPattern(shape, in.q(), in.k(), pattern);
    float[] dPattern = Samples.uniform(shape.patternSize(), 3);
    float[] dActual = dPattern.clone();
    spoilMasked(shape, dActual);
    var expected = new QueryKey(queries(shape, 4), keys(shape, 5));
    var actual = new QueryKey(expected.q().clone(), expected.k().clone());
    reference.attentionPatternBackward(shape, in, pattern, dPattern, expected);

    simd.attentionPatternBackward(shape, in, pattern, dActual, actual);

    assertClose(dActual, dPattern, 1e-5f);
    assertClose(actual.q(), expected.q(), 1e-5f);
    assertClose(actual.k(), expected.k(), 1e-5f);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void gradientsOfOutputsAgree(AttentionShape shape) {
    float[] pattern = Samples.uniform(shape.patternSize(), 1);
    float[] v = keys(shape, 2);
    float[] dZ = queries(shape, 3);
    float[] dV = keys(shape, 4);
    float[] dVActual = dV.clone();
    float[] dPattern = new float[shape.patternSize()];
    float[] dPatternActual = Samples.uniform(shape.patternSize(), 5);
    reference.attentionOutputBackward(shape, new PatternValue(pattern, v), dZ, dPattern, dV);
    spoilMasked(shape, pattern);

    simd.attentionOutputBackward(shape, new PatternValue(pattern, v), dZ, dPatternActual, dVActual);

    assertClose(dPatternActual, dPattern, 2e-5f);
    assertClose(dVActual, dV, 1e-4f);
  }

  @Test
  void weightsOfHugeScoresStayFinite() {
    var shape = shapes().get(4);
    float[] q = queries(shape, 1);
    float[] k = keys(shape, 2);
    for (int i = 0; i < q.length; i++) {
      q[i] *= 1e18f;
      k[i] *= 1e18f;
    }
    float[] pattern = new float[shape.patternSize()];

    simd.attentionPattern(shape, q, k, pattern);

    for (int row = 0; row < pattern.length; row += shape.keys()) {
      float sum = 0;
      for (int s = 0; s < shape.keys(); s++) {
        sum += pattern[row + s];
      }
      assertThat(sum).isBetween(0.9999f, 1.0001f);
    }
  }

  @Test
  void refusesArraysThatAreTooShortAndHeadsThatDoNotExist() {
    var shape = shapes().get(3);
    float[] q = queries(shape, 1);
    float[] k = keys(shape, 2);
    float[] pattern = new float[shape.patternSize()];
    var wrong =
        new AttentionShape(2, 5, 5, 8, new KeyHeads(new int[] {0, 3}, 3), new Mask(true, 0, 1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> simd.attentionPattern(shape, q, new float[k.length - 1], pattern));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simd.attentionPattern(shape, q, k, new float[pattern.length - 1]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simd.attentionPattern(wrong, q, k, pattern));
  }

  private static void spoilMasked(AttentionShape shape, float[] pattern) {
    for (int i = 0; i < pattern.length; i++) {
      int t = i / shape.keys() % shape.queries();
      int s = i % shape.keys();
      if (s < shape.firstKey(t) || s >= shape.endKey(t)) {
        pattern[i] = Float.NaN;
      }
    }
  }

  static void assertClose(float[] actual, float[] expected, float tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= tolerance)) {
        assertThat(actual[i]).as("element %d, within %s", i, tolerance).isEqualTo(expected[i]);
      }
    }
  }
}
