package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.ActivationStream;
import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.interpret.transcoder.StoredStream;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.tensor.Matrix;
import java.util.List;
import java.util.SplittableRandom;

/// Values made of known features: each row is the sum of a few directions of norm 1, each with a
/// weight from 0.5 to 1.5, plus a little noise. There are more directions than dimensions.
///
/// @param features true directions `[F, D]`
/// @param stream rows made of them, input and target the same
record SyntheticDictionary(Matrix features, ActivationStream stream) {
  private static final double NOISE = 0.01;

  static SyntheticDictionary of(int count, int width, int active, int rows, long seed) {
    var random = new SplittableRandom(seed);
    Matrix features = Matrix.zeros(count, width);
    for (int i = 0; i < count; i++) {
      double squares = 0;
      for (int c = 0; c < width; c++) {
        double value = random.nextGaussian();
        features.data()[i * width + c] = (float) value;
        squares += value * value;
      }
      for (int c = 0; c < width; c++) {
        features.data()[i * width + c] /= (float) Math.sqrt(squares);
      }
    }
    Matrix x = Matrix.zeros(rows, width);
    for (int r = 0; r < rows; r++) {
      for (int n = 0; n < active; n++) {
        int feature = random.nextInt(count);
        float weight = (float) random.nextDouble(0.5, 1.5);
        for (int c = 0; c < width; c++) {
          x.data()[r * width + c] += weight * features.at(feature, c);
        }
      }
      for (int c = 0; c < width; c++) {
        x.data()[r * width + c] += (float) (NOISE * random.nextGaussian());
      }
    }
    var place = new HookPoint(Site.RESIDUAL_AFTER, 0);
    var batch = new ActivationStream.Batch(List.of(x), List.of(x));
    var stream =
        new StoredStream(
            List.of(new HookPair(place, place)), batch, 512, seed, "dictionary " + seed);
    return new SyntheticDictionary(features, stream);
  }

  /// {@return the share of the true directions to which some row of `learnt` has at least this
  /// cosine}
  double recovered(Matrix learnt, double cosine) {
    int found = 0;
    for (int i = 0; i < features.rows(); i++) {
      found += best(i, learnt) >= cosine ? 1 : 0;
    }
    return (double) found / features.rows();
  }

  private double best(int feature, Matrix learnt) {
    double best = -1;
    for (int i = 0; i < learnt.rows(); i++) {
      double dot = 0;
      double squares = 0;
      for (int c = 0; c < learnt.cols(); c++) {
        dot += (double) features.at(feature, c) * learnt.at(i, c);
        squares += (double) learnt.at(i, c) * learnt.at(i, c);
      }
      best = squares > 0 ? Math.max(best, dot / Math.sqrt(squares)) : best;
    }
    return best;
  }
}
