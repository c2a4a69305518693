package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.interpret.transcoder.ActivationStream;
import ai.hartonomous.interpret.transcoder.ActivationStream.Batch;
import ai.hartonomous.interpret.transcoder.CoderActivation;
import ai.hartonomous.interpret.transcoder.CoderWeights;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The best linear map `y ≈ W x + b`: what a coder must beat to be worth its latents. Ordinary
/// least squares in closed form and double precision: `W` solves `S_xx Wᵀ = S_xy`, where `S` are
/// the centred sums of products, and `b = ȳ - W x̄`. Where inputs depend on each other linearly
/// (after a LayerNorm they add up to a constant) the map is one of several equally good ones.
public final class LinearMap {

  /// Pivots below this share of the largest count as 0. Inputs are floats with a relative rounding
  /// of 6e-8, whose square is 4e-15.
  private static final double TOLERANCE = 1e-12;

  private final double[] pivotX;
  private final double[] pivotY;
  private final double[] sumX;
  private final double[] sumY;
  private final double[][] productsXx;
  private final double[][] productsXy;
  private long rows;

  private LinearMap(Matrix x, Matrix y) {
    pivotX = row(x, 0);
    pivotY = row(y, 0);
    sumX = new double[x.cols()];
    sumY = new double[y.cols()];
    productsXx = new double[x.cols()][x.cols()];
    productsXy = new double[x.cols()][y.cols()];
  }

  /// Fits one map for every hook pair of a stream.
  ///
  /// @param stream where the values come from
  /// @param steps batches to read, from the first on, at least 1
  /// @return a coder with a skip path for each pair, in the order of the pairs; its one latent is
  ///   never active
  /// @throws IOException if the stream cannot be read
  public static List<SparseCoder> fit(ActivationStream stream, long steps) throws IOException {
    if (steps < 1) {
      throw new IllegalArgumentException("a map from %d batches".formatted(steps));
    }
    List<LinearMap> maps = new ArrayList<>();
    for (long step = 0; step < steps; step++) {
      Batch batch = stream.read(step);
      for (int p = 0; p < stream.pairs().size(); p++) {
        if (step == 0) {
          maps.add(new LinearMap(batch.x().get(p), batch.y().get(p)));
        }
        maps.get(p).add(batch.x().get(p), batch.y().get(p));
      }
    }
    List<SparseCoder> coders = new ArrayList<>();
    for (int p = 0; p < maps.size(); p++) {
      coders.add(maps.get(p).solve(stream.pairs().get(p)));
    }
    return coders;
  }

  private static double[] row(Matrix matrix, int row) {
    double[] numbers = new double[matrix.cols()];
    for (int c = 0; c < numbers.length; c++) {
      numbers[c] = matrix.at(row, c);
    }
    return numbers;
  }

  /// Adds rows, measured from the first one so that large means cost no digits.
  private void add(Matrix x, Matrix y) {
    for (int r = 0; r < x.rows(); r++) {
      double[] a = row(x, r);
      double[] b = row(y, r);
      addScaled(-1, pivotX, a);
      addScaled(-1, pivotY, b);
      addScaled(1, a, sumX);
      addScaled(1, b, sumY);
      for (int i = 0; i < a.length; i++) {
        addScaled(a[i], a, productsXx[i]);
        addScaled(a[i], b, productsXy[i]);
      }
    }
    rows += x.rows();
  }

  private static void addScaled(double scale, double[] x, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += scale * x[i];
    }
  }

  private SparseCoder solve(HookPair pair) {
    int in = sumX.length;
    int out = sumY.length;
    double[][] gram = new double[in][];
    double[][] right = new double[in][];
    for (int i = 0; i < in; i++) {
      gram[i] = productsXx[i].clone();
      right[i] = productsXy[i].clone();
      addScaled(-sumX[i] / rows, sumX, gram[i]);
      addScaled(-sumX[i] / rows, sumY, right[i]);
    }
    double[][] weights = leastSquares(gram, right); // [D_in, D_out]
    Matrix skip = Matrix.zeros(out, in);
    float[] bias = new float[out];
    for (int o = 0; o < out; o++) {
      double constant = pivotY[o] + sumY[o] / rows;
      for (int i = 0; i < in; i++) {
        skip.data()[skip.rowOffset(o) + i] = (float) weights[i][o];
        constant -= weights[i][o] * (pivotX[i] + sumX[i] / rows);
      }
      bias[o] = (float) constant;
    }
    var numbers =
        new CoderWeights(Matrix.zeros(1, in), new float[1], Matrix.zeros(1, out), bias, null, skip);
    return new SparseCoder(pair.reads(), pair.writes(), new CoderActivation.Relu(), numbers);
  }

  /// Solves `a w = b` for a symmetric, positive semi-definite `a` by elimination with diagonal
  /// pivots, largest first; unknowns beyond the rank are 0. Source: Higham, "Accuracy and Stability
  /// of Numerical Algorithms", 2nd edition, 2002, section 10.3.
  ///
  /// @param a `[n, n]`; overwritten
  /// @param b `[n, m]`; overwritten
  /// @return `w` `[n, m]`
  static double[][] leastSquares(double[][] a, double[][] b) {
    int n = a.length;
    int[] order = new int[n];
    double largest = 0;
    for (int i = 0; i < n; i++) {
      order[i] = i;
      largest = Math.max(largest, a[i][i]);
    }
    int rank = 0;
    while (rank < n) {
      int pivot = rank;
      for (int i = rank + 1; i < n; i++) {
        pivot = a[order[i]][order[i]] > a[order[pivot]][order[pivot]] ? i : pivot;
      }
      int chosen = order[pivot];
      order[pivot] = order[rank];
      order[rank] = chosen;
      if (a[chosen][chosen] <= TOLERANCE * largest) {
        break;
      }
      eliminate(a, b, order, rank);
      rank++;
    }
    return substituteBack(a, b, order, rank);
  }

  /// Subtracts the pivot's row from all rows below it, on both sides.
  private static void eliminate(double[][] a, double[][] b, int[] order, int rank) {
    int chosen = order[rank];
    for (int i = rank + 1; i < order.length; i++) {
      int row = order[i];
      double factor = a[row][chosen] / a[chosen][chosen];
      addScaled(-factor, a[chosen], a[row]);
      addScaled(-factor, b[chosen], b[row]);
    }
  }

  private static double[][] substituteBack(double[][] a, double[][] b, int[] order, int rank) {
    double[][] w = new double[a.length][b[0].length];
    for (int i = rank - 1; i >= 0; i--) {
      int row = order[i];
      double[] sum = b[row].clone();
      for (int j = i + 1; j < rank; j++) {
        addScaled(-a[row][order[j]], w[order[j]], sum);
      }
      for (int c = 0; c < sum.length; c++) {
        w[row][c] = sum[c] / a[row][row];
      }
    }
    return w;
  }
}
