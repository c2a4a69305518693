package ai.hartonomous.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Elementary functions on vectors of the machine's preferred width. Every operation is one whose
/// result is defined bit by bit, so interpreted and compiled code agree; the ready-made sum over
/// lanes is not, and is not used.
///
/// A rule for loops that use these functions: one exponential each, no masks beside many
/// accumulators. Past some 80 vector operations in one compilation, callees included, the compiler
/// stops inlining and every vector becomes an object, at a tenth of the speed.
/// `-XX:+UnlockDiagnosticVMOptions -XX:+PrintInlining` then shows `NodeCountInliningCutoff`.
final class VectorMath {

  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  // Lanes of vectors whose four quarters hold four sums.
  private static final int QUARTERED = 16;
  private static final VectorShuffle<Float> ACROSS_8 = exchange(8);
  private static final VectorShuffle<Float> ACROSS_4 = exchange(4);
  private static final VectorShuffle<Float> ACROSS_2 = exchange(2);
  private static final VectorShuffle<Float> ACROSS_1 = exchange(1);
  private static final VectorMask<Float> ODD_8 = VectorMask.fromLong(SPECIES, 0xff00);
  private static final VectorMask<Float> ODD_4 = VectorMask.fromLong(SPECIES, 0xf0f0);

  private static final float LOG2_E = 1.44269504f;
  // ln 2 in two parts: the first has so few bits that its product with an exponent is exact.
  private static final float LN_2_HIGH = 0.693359375f;
  private static final float LN_2_LOW = -2.12194440e-4f;
  // 1.5 * 2^23: adding it rounds to an integer, which then stands in the lowest bits.
  private static final float ROUNDER = 12582912f;
  private static final int ONE_BITS = 0x3f800000;
  private static final int MANTISSA_BITS = 23;
  private static final float LOWEST = -87.33f;
  private static final float HIGHEST = 88.37f;

  private VectorMath() {}

  private static VectorShuffle<Float> exchange(int distance) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ distance) % LANES);
  }

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.iota(SPECIES, lanes % LANES, 1, true);
  }

  static FloatVector load(float[] data, int at) {
    return FloatVector.fromArray(SPECIES, data, at);
  }

  static FloatVector load(float[] data, int at, VectorMask<Float> mask) {
    return FloatVector.fromArray(SPECIES, data, at, mask);
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  static FloatVector zero() {
    return FloatVector.zero(SPECIES);
  }

  /// {@return the mask of the first `count` lanes}
  static VectorMask<Float> first(int count) {
    return SPECIES.indexInRange(0, count);
  }

  /// {@return the sum of all lanes, halves first}
  static float sum(FloatVector v) {
    FloatVector s = v;
    if (LANES >= 16) {
      s = s.add(s.rearrange(BY_8));
    }
    if (LANES >= 8) {
      s = s.add(s.rearrange(BY_4));
    }
    if (LANES >= 4) {
      s = s.add(s.rearrange(BY_2));
    }
    return s.add(s.rearrange(BY_1)).lane(0);
  }

  /// Writes the sums over lanes of four vectors, each added up as in {@link #sum}, in a third of
  /// its time where vectors have 16 lanes.
  ///
  /// @param out receives the sums at `at` to `at + 3`
  static void sums(
      FloatVector a, FloatVector b, FloatVector c, FloatVector d, float[] out, int at) {
    if (LANES != QUARTERED) {
      out[at] = sum(a);
      out[at + 1] = sum(b);
      out[at + 2] = sum(c);
      out[at + 3] = sum(d);
      return;
    }
    FloatVector ab = a.add(a.rearrange(ACROSS_8)).blend(b.add(b.rearrange(ACROSS_8)), ODD_8);
    FloatVector cd = c.add(c.rearrange(ACROSS_8)).blend(d.add(d.rearrange(ACROSS_8)), ODD_8);
    FloatVector all = ab.add(ab.rearrange(ACROSS_4)).blend(cd.add(cd.rearrange(ACROSS_4)), ODD_4);
    all = all.add(all.rearrange(ACROSS_2));
    all = all.add(all.rearrange(ACROSS_1));
    out[at] = all.lane(0);
    out[at + 1] = all.lane(8);
    out[at + 2] = all.lane(4);
    out[at + 3] = all.lane(12);
  }

  /// {@return the largest lane; any lane if one is not a number}
  static float max(FloatVector v) {
    return v.reduceLanes(VectorOperators.MAX);
  }

  /// {@return the larger number of each lane, `a` where one is not a number}
  static FloatVector max(FloatVector a, FloatVector b) {
    return a.blend(b, b.compare(VectorOperators.GT, a));
  }

  /// `e^x`, to about 1.5 units in the last place; 0 below -87.33, 2.4e38 above 88.37. Source:
  /// Cephes Math Library, expf (Moshier, 1992): `e^x = 2^n e^r` with `|r| <= ln(2)/2`, a polynomial
  /// for `e^r`.
  static FloatVector exp(FloatVector x) {
    FloatVector bounded = x.blend(HIGHEST, x.compare(VectorOperators.GT, HIGHEST));
    FloatVector shifted = bounded.fma(broadcast(LOG2_E), broadcast(ROUNDER));
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(broadcast(-LN_2_HIGH), bounded);
    r = n.fma(broadcast(-LN_2_LOW), r);
    FloatVector p = broadcast(1.9875691500e-4f);
    p = p.fma(r, broadcast(1.3981999507e-3f));
    p = p.fma(r, broadcast(8.3334519073e-3f));
    p = p.fma(r, broadcast(4.1665795894e-2f));
    p = p.fma(r, broadcast(1.6666665459e-1f));
    p = p.fma(r, broadcast(5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1f);
    IntVector power = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
    FloatVector result = p.mul(power.add(ONE_BITS).reinterpretAsFloats());
    return result.blend(0f, x.compare(VectorOperators.LT, LOWEST));
  }

  /// `1 / (1 + e^-x)`.
  static FloatVector logistic(FloatVector x) {
    return broadcast(1f).div(exp(x.neg()).add(1f));
  }

  /// `e^(-x²/2)`, without the rounding error of the square.
  static FloatVector bell(FloatVector x) {
    FloatVector square = x.mul(x);
    FloatVector lost = x.fma(x, square.neg());
    return exp(square.mul(-0.5f)).mul(lost.mul(-0.5f).add(1f));
  }

  /// The normal distribution function `Φ(x) = erfc(-x/√2) / 2`, to 1e-7. Source: Abramowitz and
  /// Stegun, "Handbook of Mathematical Functions", 7.1.26: `erfc(z) = (a1 t + ... + a5 t⁵)
  /// exp(-z²)` with `t = 1 / (1 + 0.3275911 z)`.
  ///
  /// @param x argument
  /// @param bell {@link #bell} of it
  static FloatVector normal(FloatVector x, FloatVector bell) {
    FloatVector t = broadcast(1f).div(x.abs().fma(broadcast(0.23164189f), broadcast(1f)));
    FloatVector p = t.fma(broadcast(0.53070271f), broadcast(-0.72657601f));
    p = p.fma(t, broadcast(0.71070687f));
    p = p.fma(t, broadcast(-0.14224837f));
    p = p.fma(t, broadcast(0.12741480f));
    FloatVector tail = p.mul(t).mul(bell);
    return tail.blend(broadcast(1f).sub(tail), x.compare(VectorOperators.GT, 0f));
  }
}
