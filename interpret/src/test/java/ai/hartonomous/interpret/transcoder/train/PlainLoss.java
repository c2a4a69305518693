package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Skip;
import ai.hartonomous.tensor.Matrix;
import java.util.Arrays;

/// The losses of a training, written down once more in double precision and without anything of the
/// training's code: what gradients are checked against.
final class PlainLoss {
  final double[] encoder;
  final double[] encoderBias;
  final double[] decoder;
  final double[] bias;
  final double[] skip;
  final double[] thresholds;
  private final CoderRecipe recipe;
  private final double[][] x;
  private final double[][] y;
  private final int in;
  private final int out;

  PlainLoss(CoderRecipe recipe, CoderVariables v, Matrix x, Matrix y) {
    this.recipe = recipe;
    in = v.inputWidth;
    out = v.outputWidth;
    encoder = doubles(v.weights().encoder().data());
    encoderBias = doubles(v.weights().bias());
    decoder = doubles(v.weights().decoder().data());
    bias = doubles(v.bias.weights);
    skip = doubles(v.skip.weights);
    thresholds = doubles(v.logThresholds.weights);
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = Math.exp(thresholds[i]);
    }
    this.x = rows(x);
    this.y = rows(y);
  }

  private static double[] doubles(float[] numbers) {
    double[] result = new double[numbers.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = numbers[i];
    }
    return result;
  }

  private static double[][] rows(Matrix m) {
    double[][] rows = new double[m.rows()][m.cols()];
    for (int r = 0; r < m.rows(); r++) {
      for (int c = 0; c < m.cols(); c++) {
        rows[r][c] = m.at(r, c);
      }
    }
    return rows;
  }

  /// {@return the loss that the training follows}
  double value() {
    double[][] a = active();
    double[][] prediction = predict(a);
    double loss = squares(y, prediction) / spread(y);
    return switch (recipe.sparsity()) {
      case Sparsity.L1(double penalty) -> loss + penalty * weightedSum(a) / x.length;
      case Sparsity.JumpRelu jump -> {
        double excess = count(a) / x.length / jump.target() - 1;
        yield loss + jump.penalty() * excess * excess;
      }
      case Sparsity.TopK _, Sparsity.BatchTopK _ -> loss;
    };
  }

  /// {@return what the training's coder misses of each target}
  double[][] errors() {
    double[][] prediction = predict(active());
    double[][] errors = new double[y.length][out];
    for (int r = 0; r < y.length; r++) {
      for (int c = 0; c < out; c++) {
        errors[r][c] = y[r][c] - prediction[r][c];
      }
    }
    return errors;
  }

  /// {@return the auxiliary loss of dead latents for given errors, all of them candidates}
  double auxiliary(int[] dead, double[][] errors) {
    double[][] a = new double[x.length][encoderBias.length];
    for (int r = 0; r < x.length; r++) {
      for (int i : dead) {
        a[r][i] = Math.max(0, preActivation(r, i));
      }
    }
    double[][] prediction = decode(a);
    return recipe.revival().weight() * squares(errors, prediction) / spread(errors);
  }

  private double preActivation(int row, int latent) {
    double z = encoderBias[latent];
    for (int c = 0; c < in; c++) {
      z += encoder[latent * in + c] * x[row][c];
    }
    return z;
  }

  private double[][] active() {
    double[][] a = new double[x.length][encoderBias.length];
    for (int r = 0; r < x.length; r++) {
      for (int i = 0; i < a[r].length; i++) {
        double z = preActivation(r, i);
        double threshold = thresholds.length > 0 ? thresholds[i] : 0;
        a[r][i] = z > threshold ? z : 0;
      }
    }
    switch (recipe.sparsity()) {
      case Sparsity.TopK(int k) -> Arrays.stream(a).forEach(row -> keep(new double[][] {row}, k));
      case Sparsity.BatchTopK(int k) -> keep(a, k * a.length);
      case Sparsity.JumpRelu _, Sparsity.L1 _ -> {}
    }
    return a;
  }

  private static void keep(double[][] a, int count) {
    double[] all = Arrays.stream(a).flatMapToDouble(Arrays::stream).sorted().toArray();
    double least = count >= all.length ? 0 : all[all.length - count];
    for (double[] row : a) {
      for (int i = 0; i < row.length; i++) {
        row[i] = row[i] >= least ? row[i] : 0;
      }
    }
  }

  private double[][] decode(double[][] a) {
    double[][] result = new double[a.length][out];
    for (int r = 0; r < a.length; r++) {
      for (int i = 0; i < a[r].length; i++) {
        for (int c = 0; c < out; c++) {
          result[r][c] += a[r][i] * decoder[i * out + c];
        }
      }
    }
    return result;
  }

  private double[][] predict(double[][] a) {
    double[][] result = decode(a);
    for (int r = 0; r < a.length; r++) {
      for (int c = 0; c < out; c++) {
        result[r][c] += bias[c] + (recipe.skip() == Skip.IDENTITY ? x[r][c] : 0);
        for (int j = 0; j < in && recipe.skip() == Skip.LEARNED; j++) {
          result[r][c] += skip[c * in + j] * x[r][j];
        }
      }
    }
    return result;
  }

  private double weightedSum(double[][] a) {
    double sum = 0;
    for (double[] row : a) {
      for (int i = 0; i < row.length; i++) {
        double squares = 0;
        for (int c = 0; c < out; c++) {
          squares += decoder[i * out + c] * decoder[i * out + c];
        }
        sum += row[i] * Math.sqrt(squares);
      }
    }
    return sum;
  }

  private static double count(double[][] a) {
    return Arrays.stream(a).flatMapToDouble(Arrays::stream).filter(value -> value > 0).count();
  }

  private static double squares(double[][] a, double[][] b) {
    double sum = 0;
    for (int r = 0; r < a.length; r++) {
      for (int c = 0; c < a[r].length; c++) {
        sum += (a[r][c] - b[r][c]) * (a[r][c] - b[r][c]);
      }
    }
    return sum;
  }

  private static double spread(double[][] rows) {
    double[] mean = new double[rows[0].length];
    for (double[] row : rows) {
      for (int c = 0; c < mean.length; c++) {
        mean[c] += row[c] / rows.length;
      }
    }
    double sum = 0;
    for (double[] row : rows) {
      for (int c = 0; c < mean.length; c++) {
        sum += (row[c] - mean[c]) * (row[c] - mean[c]);
      }
    }
    return sum;
  }
}
