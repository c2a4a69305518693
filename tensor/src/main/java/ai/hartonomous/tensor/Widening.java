package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.SPECIES;
import static ai.hartonomous.tensor.VectorMath.load;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Turns weights of as many neighbouring rows as a vector has lanes into floats.
final class Widening {

  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SPECIES.vectorShape());

  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(LANES * Byte.SIZE));

  private static final int UPPER = 0xffff0000;
  private static final int ABOVE_NIBBLE = 28;

  private Widening() {}

  /// Where numbers go: those of column `k + i` to `at + i * stride`, lane after lane.
  record Target(float[] out, int at, int stride) {}

  /// Writes columns `k` to `k + count` of the rows from `row` on, zeros where rows are missing.
  ///
  /// @param row a multiple of the lanes
  static void widen(Weight w, int row, int k, int count, Target to) {
    if (row >= RowGroups.padded(w.rows())) {
      for (int i = 0; i < count; i++) {
        int at = to.at + i * to.stride;
        Arrays.fill(to.out, at, at + LANES, 0);
      }
      return;
    }
    switch (w) {
      case GroupedMatrix m -> floats(m, row, k, count, to);
      case Bf16Matrix m -> bf16(m, row, k, count, to);
      case Q8Matrix m -> q8(m, row, k, count, to);
      case Q4Matrix m -> q4(m, row, k, count, to);
      case Matrix _ -> throw new IllegalArgumentException("rows that are not interleaved");
    }
  }

  private static void floats(GroupedMatrix w, int row, int k, int count, Target to) {
    int from = RowGroups.index(row, k, w.cols());
    for (int i = 0; i < count; i++) {
      load(w.values(), from + i * RowGroups.SIZE).intoArray(to.out, to.at + i * to.stride);
    }
  }

  private static void bf16(Bf16Matrix w, int row, int k, int count, Target to) {
    int[] values = w.values();
    for (int i = 0; i < count; i++) {
      int from = RowGroups.index(row, (k + i) / 2, w.pairs());
      FloatVector v = (k + i) % 2 == 0 ? lower(values, from) : upper(values, from);
      v.intoArray(to.out, to.at + i * to.stride);
    }
  }

  private static void q8(Q8Matrix w, int row, int k, int count, Target to) {
    int from = w.valueIndex(row, k);
    for (int i = 0; i < count; i++) {
      FloatVector scale = load(w.scales(), w.scaleIndex(row, (k + i) / Q8Matrix.BLOCK));
      FloatVector v = bytes(w.values(), from + i * RowGroups.SIZE);
      v.mul(scale).intoArray(to.out, to.at + i * to.stride);
    }
  }

  private static void q4(Q4Matrix w, int row, int k, int count, Target to) {
    for (int i = 0; i < count; i++) {
      FloatVector scale = load(w.scales(), w.scaleIndex(row, (k + i) / Q4Matrix.BLOCK));
      IntVector pair = pairs(w.values(), w.valueIndex(row, k + i));
      FloatVector v = (k + i) % 2 == 0 ? even(pair) : odd(pair);
      v.mul(scale).intoArray(to.out, to.at + i * to.stride);
    }
  }

  /// {@return the numbers in the lower halves of integers}
  static FloatVector lower(int[] values, int at) {
    return IntVector.fromArray(INTS, values, at)
        .lanewise(VectorOperators.LSHL, Short.SIZE)
        .reinterpretAsFloats();
  }

  /// {@return the numbers in the upper halves of integers}
  static FloatVector upper(int[] values, int at) {
    return IntVector.fromArray(INTS, values, at).and(UPPER).reinterpretAsFloats();
  }

  /// {@return signed bytes as floats}
  static FloatVector bytes(byte[] values, int at) {
    return (FloatVector)
        ByteVector.fromArray(BYTES, values, at).convertShape(VectorOperators.B2F, SPECIES, 0);
  }

  /// {@return bytes, each two signed numbers of four bits}
  static IntVector pairs(byte[] values, int at) {
    return (IntVector)
        ByteVector.fromArray(BYTES, values, at).convertShape(VectorOperators.B2I, INTS, 0);
  }

  /// {@return the lower numbers of pairs}
  static FloatVector even(IntVector pairs) {
    IntVector low =
        pairs
            .lanewise(VectorOperators.LSHL, ABOVE_NIBBLE)
            .lanewise(VectorOperators.ASHR, ABOVE_NIBBLE);
    return (FloatVector) low.convert(VectorOperators.I2F, 0);
  }

  /// {@return the upper numbers of pairs}
  static FloatVector odd(IntVector pairs) {
    return (FloatVector)
        pairs.lanewise(VectorOperators.ASHR, Byte.SIZE / 2).convert(VectorOperators.I2F, 0);
  }
}
