package ai.hartonomous.tensor;

import static ai.hartonomous.tensor.VectorMath.LANES;
import static ai.hartonomous.tensor.VectorMath.broadcast;
import static ai.hartonomous.tensor.VectorMath.load;
import static ai.hartonomous.tensor.VectorMath.zero;

import jdk.incubator.vector.FloatVector;

/// The innermost loops of matrix products: a tile of {@link #MR} rows and {@link #NR} columns stays
/// in registers while `k` runs. Shape of the algorithm: Goto and van de Geijn, "Anatomy of
/// High-Performance Matrix Multiplication", ACM TOMS 34(3), 2008. One instance belongs to one
/// thread.
///
/// Written out row by row because the compiler keeps only local variables in registers, and without
/// a method for the last step because, with so many nodes before it, the compiler would not inline
/// it and would put every accumulator into an object.
final class TileKernels {

  /// Rows of a tile: 24 accumulators of the 32 registers that 512-bit machines have, or 8 of 16.
  /// With more of 16, an accumulator would wait in memory at every step: the compiler loads the
  /// numbers to broadcast ahead.
  static final int MR = LANES >= 16 ? 12 : 4;

  /// Columns of a tile.
  static final int NR = 2 * LANES;

  /// Most numbers of `k` in one packed block. Much, so that the result is seldom read again: its
  /// tiles are not in the caches, and nothing here can fetch them early.
  static final int KC = 768;

  /// Most columns in one packed block: as many numbers of `a` are packed once for all of them.
  static final int NC = 1024;

  /// Most rows in one packed block of `a`; those of a prompt's piece, 128, fit.
  static final int MC = 11 * 12;

  /// Where the packed block of `b` begins in its array. Vectors arrive fastest when each is one
  /// cache line: the collector G1 puts an array of this size at the start of a region, and with
  /// compact object headers its first number stands 12 bytes after that. Elsewhere products are a
  /// tenth slower and otherwise the same.
  static final int LINE_START = 13;

  // Packing writes whole vectors, the last of them beyond the last panel.
  final float[] packedA = new float[MC * KC + LANES];
  final float[] packedB = new float[LINE_START + NC * KC];
  final float[] tile = new float[MR * NR];

  /// `tile = a b` for packed rows.
  void packed(int ao, int bo, int kc) {
    if (MR == 12) {
      packed12(ao, LINE_START + bo, kc);
    } else {
      packed4(ao, LINE_START + bo, kc);
    }
  }

  /// `tile = a b` for rows in place.
  void rows(float[] a, int ao, int stride, int last, int bo, int kc) {
    if (MR == 4 || last < 4) {
      rows4(a, ao, stride, Math.min(last, 3), LINE_START + bo, kc);
    } else {
      rows12(a, ao, stride, last, LINE_START + bo, kc);
    }
  }

  /// `tile = a b` for 12 rows that were packed: number `(i, k)` of `a` at `ao + k * 12 + i`.
  private void packed12(int ao, int bo, int kc) {
    float[] a = packedA;
    float[] b = packedB, out = tile;
    FloatVector z = zero();
    FloatVector c0 = z, d0 = z, c1 = z, d1 = z;
    FloatVector c2 = z, d2 = z, c3 = z, d3 = z;
    FloatVector c4 = z, d4 = z, c5 = z, d5 = z;
    FloatVector c6 = z, d6 = z, c7 = z, d7 = z;
    FloatVector c8 = z, d8 = z, c9 = z, d9 = z;
    FloatVector c10 = z, d10 = z, c11 = z, d11 = z;
    for (int k = 0; k < kc; k++) {
      FloatVector b0 = load(b, bo + k * NR);
      FloatVector b1 = load(b, bo + k * NR + LANES);
      FloatVector a0 = broadcast(a[ao + k * 12 + 0]);
      c0 = a0.fma(b0, c0);
      d0 = a0.fma(b1, d0);
      FloatVector a1 = broadcast(a[ao + k * 12 + 1]);
      c1 = a1.fma(b0, c1);
      d1 = a1.fma(b1, d1);
      FloatVector a2 = broadcast(a[ao + k * 12 + 2]);
      c2 = a2.fma(b0, c2);
      d2 = a2.fma(b1, d2);
      FloatVector a3 = broadcast(a[ao + k * 12 + 3]);
      c3 = a3.fma(b0, c3);
      d3 = a3.fma(b1, d3);
      FloatVector a4 = broadcast(a[ao + k * 12 + 4]);
      c4 = a4.fma(b0, c4);
      d4 = a4.fma(b1, d4);
      FloatVector a5 = broadcast(a[ao + k * 12 + 5]);
      c5 = a5.fma(b0, c5);
      d5 = a5.fma(b1, d5);
      FloatVector a6 = broadcast(a[ao + k * 12 + 6]);
      c6 = a6.fma(b0, c6);
      d6 = a6.fma(b1, d6);
      FloatVector a7 = broadcast(a[ao + k * 12 + 7]);
      c7 = a7.fma(b0, c7);
      d7 = a7.fma(b1, d7);
      FloatVector a8 = broadcast(a[ao + k * 12 + 8]);
      c8 = a8.fma(b0, c8);
      d8 = a8.fma(b1, d8);
      FloatVector a9 = broadcast(a[ao + k * 12 + 9]);
      c9 = a9.fma(b0, c9);
      d9 = a9.fma(b1, d9);
      FloatVector a10 = broadcast(a[ao + k * 12 + 10]);
      c10 = a10.fma(b0, c10);
      d10 = a10.fma(b1, d10);
      FloatVector a11 = broadcast(a[ao + k * 12 + 11]);
      c11 = a11.fma(b0, c11);
      d11 = a11.fma(b1, d11);
    }
    c0.intoArray(out, 0 * NR);
    d0.intoArray(out, 0 * NR + LANES);
    c1.intoArray(out, 1 * NR);
    d1.intoArray(out, 1 * NR + LANES);
    c2.intoArray(out, 2 * NR);
    d2.intoArray(out, 2 * NR + LANES);
    c3.intoArray(out, 3 * NR);
    d3.intoArray(out, 3 * NR + LANES);
    c4.intoArray(out, 4 * NR);
    d4.intoArray(out, 4 * NR + LANES);
    c5.intoArray(out, 5 * NR);
    d5.intoArray(out, 5 * NR + LANES);
    c6.intoArray(out, 6 * NR);
    d6.intoArray(out, 6 * NR + LANES);
    c7.intoArray(out, 7 * NR);
    d7.intoArray(out, 7 * NR + LANES);
    c8.intoArray(out, 8 * NR);
    d8.intoArray(out, 8 * NR + LANES);
    c9.intoArray(out, 9 * NR);
    d9.intoArray(out, 9 * NR + LANES);
    c10.intoArray(out, 10 * NR);
    d10.intoArray(out, 10 * NR + LANES);
    c11.intoArray(out, 11 * NR);
    d11.intoArray(out, 11 * NR + LANES);
  }

  /// `tile = a b` for 4 rows that were packed: number `(i, k)` of `a` at `ao + k * 4 + i`.
  private void packed4(int ao, int bo, int kc) {
    float[] a = packedA;
    float[] b = packedB, out = tile;
    FloatVector z = zero();
    FloatVector c0 = z, d0 = z, c1 = z, d1 = z;
    FloatVector c2 = z, d2 = z, c3 = z, d3 = z;
    for (int k = 0; k < kc; k++) {
      FloatVector b0 = load(b, bo + k * NR);
      FloatVector b1 = load(b, bo + k * NR + LANES);
      FloatVector a0 = broadcast(a[ao + k * 4 + 0]);
      c0 = a0.fma(b0, c0);
      d0 = a0.fma(b1, d0);
      FloatVector a1 = broadcast(a[ao + k * 4 + 1]);
      c1 = a1.fma(b0, c1);
      d1 = a1.fma(b1, d1);
      FloatVector a2 = broadcast(a[ao + k * 4 + 2]);
      c2 = a2.fma(b0, c2);
      d2 = a2.fma(b1, d2);
      FloatVector a3 = broadcast(a[ao + k * 4 + 3]);
      c3 = a3.fma(b0, c3);
      d3 = a3.fma(b1, d3);
    }
    c0.intoArray(out, 0 * NR);
    d0.intoArray(out, 0 * NR + LANES);
    c1.intoArray(out, 1 * NR);
    d1.intoArray(out, 1 * NR + LANES);
    c2.intoArray(out, 2 * NR);
    d2.intoArray(out, 2 * NR + LANES);
    c3.intoArray(out, 3 * NR);
    d3.intoArray(out, 3 * NR + LANES);
  }

  /// `tile = a b` for 12 rows read in place: number `(i, k)` of `a` at `ao + i * stride + k`. Rows
  /// after `last` repeat it.
  private void rows12(float[] a, int ao, int stride, int last, int bo, int kc) {
    float[] b = packedB, out = tile;
    FloatVector z = zero();
    FloatVector c0 = z, d0 = z, c1 = z, d1 = z;
    FloatVector c2 = z, d2 = z, c3 = z, d3 = z;
    FloatVector c4 = z, d4 = z, c5 = z, d5 = z;
    FloatVector c6 = z, d6 = z, c7 = z, d7 = z;
    FloatVector c8 = z, d8 = z, c9 = z, d9 = z;
    FloatVector c10 = z, d10 = z, c11 = z, d11 = z;
    int r1 = row(ao, stride, 1, last), r2 = row(ao, stride, 2, last);
    int r3 = row(ao, stride, 3, last), r4 = row(ao, stride, 4, last);
    int r5 = row(ao, stride, 5, last), r6 = row(ao, stride, 6, last);
    int r7 = row(ao, stride, 7, last), r8 = row(ao, stride, 8, last);
    int r9 = row(ao, stride, 9, last), r10 = row(ao, stride, 10, last);
    int r11 = row(ao, stride, 11, last);
    for (int k = 0; k < kc; k++) {
      FloatVector b0 = load(b, bo + k * NR);
      FloatVector b1 = load(b, bo + k * NR + LANES);
      FloatVector a0 = broadcast(a[ao + k]);
      c0 = a0.fma(b0, c0);
      d0 = a0.fma(b1, d0);
      FloatVector a1 = broadcast(a[r1 + k]);
      c1 = a1.fma(b0, c1);
      d1 = a1.fma(b1, d1);
      FloatVector a2 = broadcast(a[r2 + k]);
      c2 = a2.fma(b0, c2);
      d2 = a2.fma(b1, d2);
      FloatVector a3 = broadcast(a[r3 + k]);
      c3 = a3.fma(b0, c3);
      d3 = a3.fma(b1, d3);
      FloatVector a4 = broadcast(a[r4 + k]);
      c4 = a4.fma(b0, c4);
      d4 = a4.fma(b1, d4);
      FloatVector a5 = broadcast(a[r5 + k]);
      c5 = a5.fma(b0, c5);
      d5 = a5.fma(b1, d5);
      FloatVector a6 = broadcast(a[r6 + k]);
      c6 = a6.fma(b0, c6);
      d6 = a6.fma(b1, d6);
      FloatVector a7 = broadcast(a[r7 + k]);
      c7 = a7.fma(b0, c7);
      d7 = a7.fma(b1, d7);
      FloatVector a8 = broadcast(a[r8 + k]);
      c8 = a8.fma(b0, c8);
      d8 = a8.fma(b1, d8);
      FloatVector a9 = broadcast(a[r9 + k]);
      c9 = a9.fma(b0, c9);
      d9 = a9.fma(b1, d9);
      FloatVector a10 = broadcast(a[r10 + k]);
      c10 = a10.fma(b0, c10);
      d10 = a10.fma(b1, d10);
      FloatVector a11 = broadcast(a[r11 + k]);
      c11 = a11.fma(b0, c11);
      d11 = a11.fma(b1, d11);
    }
    c0.intoArray(out, 0 * NR);
    d0.intoArray(out, 0 * NR + LANES);
    c1.intoArray(out, 1 * NR);
    d1.intoArray(out, 1 * NR + LANES);
    c2.intoArray(out, 2 * NR);
    d2.intoArray(out, 2 * NR + LANES);
    c3.intoArray(out, 3 * NR);
    d3.intoArray(out, 3 * NR + LANES);
    c4.intoArray(out, 4 * NR);
    d4.intoArray(out, 4 * NR + LANES);
    c5.intoArray(out, 5 * NR);
    d5.intoArray(out, 5 * NR + LANES);
    c6.intoArray(out, 6 * NR);
    d6.intoArray(out, 6 * NR + LANES);
    c7.intoArray(out, 7 * NR);
    d7.intoArray(out, 7 * NR + LANES);
    c8.intoArray(out, 8 * NR);
    d8.intoArray(out, 8 * NR + LANES);
    c9.intoArray(out, 9 * NR);
    d9.intoArray(out, 9 * NR + LANES);
    c10.intoArray(out, 10 * NR);
    d10.intoArray(out, 10 * NR + LANES);
    c11.intoArray(out, 11 * NR);
    d11.intoArray(out, 11 * NR + LANES);
  }

  /// `tile = a b` for 4 rows read in place: number `(i, k)` of `a` at `ao + i * stride + k`. Rows
  /// after `last` repeat it.
  private void rows4(float[] a, int ao, int stride, int last, int bo, int kc) {
    float[] b = packedB, out = tile;
    FloatVector z = zero();
    FloatVector c0 = z, d0 = z, c1 = z, d1 = z;
    FloatVector c2 = z, d2 = z, c3 = z, d3 = z;
    int r1 = row(ao, stride, 1, last), r2 = row(ao, stride, 2, last);
    int r3 = row(ao, stride, 3, last);
    for (int k = 0; k < kc; k++) {
      FloatVector b0 = load(b, bo + k * NR);
      FloatVector b1 = load(b, bo + k * NR + LANES);
      FloatVector a0 = broadcast(a[ao + k]);
      c0 = a0.fma(b0, c0);
      d0 = a0.fma(b1, d0);
      FloatVector a1 = broadcast(a[r1 + k]);
      c1 = a1.fma(b0, c1);
      d1 = a1.fma(b1, d1);
      FloatVector a2 = broadcast(a[r2 + k]);
      c2 = a2.fma(b0, c2);
      d2 = a2.fma(b1, d2);
      FloatVector a3 = broadcast(a[r3 + k]);
      c3 = a3.fma(b0, c3);
      d3 = a3.fma(b1, d3);
    }
    c0.intoArray(out, 0 * NR);
    d0.intoArray(out, 0 * NR + LANES);
    c1.intoArray(out, 1 * NR);
    d1.intoArray(out, 1 * NR + LANES);
    c2.intoArray(out, 2 * NR);
    d2.intoArray(out, 2 * NR + LANES);
    c3.intoArray(out, 3 * NR);
    d3.intoArray(out, 3 * NR + LANES);
  }

  private static int row(int at, int stride, int number, int last) {
    return at + Math.min(number, last) * stride;
  }
}
