package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Skip;
import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Start;
import ai.hartonomous.tensor.CoderState.Rows;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.SparseRows;
import java.util.Arrays;
import java.util.SplittableRandom;

/// The weights with which a training begins.
final class FirstWeights {

  private FirstWeights() {}

  /// Encoder rows of norm 1 in random directions, `b_enc = -W_enc x̄`, `b_dec = ȳ` (less the
  /// input's mean where that is added anyway).
  ///
  /// @param scales factors of inputs and targets
  static void set(
      CoderVariables variables,
      CoderRecipe recipe,
      HookPair pair,
      PairStatistics statistics,
      double[] scales) {
    Rows rows = variables.weights();
    // A coder begins the same whatever is trained beside it.
    long place = pair.reads().path().hashCode() * 31L + pair.writes().path().hashCode();
    directions(rows.encoder(), new SplittableRandom(recipe.seed() ^ place));
    double[] inputMean = statistics.inputMean();
    double[] targetMean = statistics.targetMean();
    for (int i = 0; i < rows.bias().length; i++) {
      double sum = 0;
      for (int c = 0; c < inputMean.length; c++) {
        sum += rows.encoder().at(i, c) * inputMean[c] * scales[0];
      }
      rows.bias()[i] = (float) -sum;
    }
    for (int c = 0; c < targetMean.length; c++) {
      double added = recipe.skip() == Skip.IDENTITY ? inputMean[c] * scales[0] : 0;
      variables.bias.weights[c] = (float) (targetMean[c] * scales[1] - added);
    }
    if (recipe.sparsity() instanceof Sparsity.JumpRelu jump) {
      Arrays.fill(variables.logThresholds.weights, (float) Math.log(jump.threshold()));
    }
  }

  /// Sets the decoder's first rows.
  ///
  /// @param response the model's, read by {@link Start#MLP_RESPONSE} only
  static void setDecoder(
      CoderVariables variables,
      Start start,
      HookPair pair,
      PairStatistics statistics,
      MlpResponse response) {
    Matrix encoder = variables.weights().encoder();
    Matrix decoder = variables.weights().decoder();
    switch (start) {
      case ZEROS -> {}
      case ENCODER -> {
        if (variables.inputWidth != variables.outputWidth) {
          throw new IllegalArgumentException(
              "a decoder of width %d cannot begin as its encoder of width %d"
                  .formatted(variables.outputWidth, variables.inputWidth));
        }
        System.arraycopy(encoder.data(), 0, decoder.data(), 0, encoder.data().length);
      }
      case MLP_RESPONSE -> respond(encoder, decoder, pair, statistics, response);
    }
  }

  private static void respond(
      Matrix encoder,
      Matrix decoder,
      HookPair pair,
      PairStatistics statistics,
      MlpResponse response) {
    double[] mean = statistics.inputMean();
    double distance = statistics.inputDeviation();
    int latents = encoder.rows();
    Matrix x = Matrix.zeros(latents + 1, encoder.cols());
    for (int i = 0; i <= latents; i++) {
      for (int c = 0; c < mean.length; c++) {
        double moved = i < latents ? distance * encoder.at(i, c) : 0;
        x.data()[x.rowOffset(i) + c] = (float) (mean[c] + moved);
      }
    }
    Matrix y = response.respond(pair, x);
    for (int i = 0; i < latents; i++) {
      double squares = 0;
      for (int c = 0; c < y.cols(); c++) {
        double added = (double) y.at(i, c) - y.at(latents, c);
        decoder.data()[decoder.rowOffset(i) + c] = (float) added;
        squares += added * added;
      }
      for (int c = 0; c < y.cols() && squares > 0; c++) {
        decoder.data()[decoder.rowOffset(i) + c] /= (float) Math.sqrt(squares);
      }
    }
  }

  private static void directions(Matrix m, SplittableRandom random) {
    for (int r = 0; r < m.rows(); r++) {
      double squares = 0;
      for (int c = 0; c < m.cols(); c++) {
        double value = random.nextGaussian();
        m.data()[m.rowOffset(r) + c] = (float) value;
        squares += value * value;
      }
      float factor = (float) (1 / Math.sqrt(squares));
      for (int c = 0; c < m.cols(); c++) {
        m.data()[m.rowOffset(r) + c] *= factor;
      }
    }
  }

  /// Scales the encoder so that the decoded latents fit what the linear path leaves best:
  /// activations are proportional to it, so the best factor has a closed form.
  ///
  /// @param entries active latents of the first batch
  /// @param linear prediction without latents `[R, D_out]`
  /// @param y targets `[R, D_out]`
  static void fitEncoder(CoderVariables variables, SparseRows entries, Matrix linear, Matrix y) {
    Rows rows = variables.weights();
    double product = 0;
    double square = 0;
    float[] decoded = new float[y.cols()];
    for (int r = 0; r < y.rows(); r++) {
      Arrays.fill(decoded, 0);
      for (int e = entries.starts()[r]; e < entries.starts()[r + 1]; e++) {
        for (int c = 0; c < decoded.length; c++) {
          decoded[c] += entries.values()[e] * rows.decoder().at(entries.columns()[e], c);
        }
      }
      for (int c = 0; c < decoded.length; c++) {
        product += (double) decoded[c] * (y.at(r, c) - linear.at(r, c));
        square += (double) decoded[c] * decoded[c];
      }
    }
    if (product <= 0 || square <= 0) {
      return;
    }
    float factor = (float) (product / square);
    for (float[] numbers : new float[][] {rows.encoder().data(), rows.bias()}) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] *= factor;
      }
    }
  }
}
