package ai.hartonomous.interpret.evaluate;

import ai.hartonomous.tensor.Matrix;

/// Measures {@link Reconstruction}. Sums are double precision.
public final class ReconstructionMeter {
  private final double[] mean;
  private final Ratio fvu = new Ratio();
  private final Ratio cosine = new Ratio();
  private final Ratio normRatio = new Ratio();
  private final Ratio relativeError = new Ratio();

  /// Sums of the sequence that is being read.
  private double missed;

  private double variance;
  private double cosines;
  private double cosineRows;
  private double norms;
  private double errors;
  private double normRows;

  /// Begins.
  ///
  /// @param mean `ȳ`, mean of `y` over all tokens that will be added, `[D_out]`
  public ReconstructionMeter(double[] mean) {
    this.mean = mean.clone();
  }

  /// Adds one token of the current sequence.
  ///
  /// @param y values, one row of them
  /// @param predicted predictions, of the same shape
  /// @param row the row
  public void add(Matrix y, Matrix predicted, int row) {
    double error = 0;
    double spread = 0;
    double square = 0;
    double squarePredicted = 0;
    double product = 0;
    for (int c = 0; c < mean.length; c++) {
      double value = y.at(row, c);
      double guess = predicted.at(row, c);
      error += (value - guess) * (value - guess);
      spread += (value - mean[c]) * (value - mean[c]);
      square += value * value;
      squarePredicted += guess * guess;
      product += value * guess;
    }
    missed += error;
    variance += spread;
    if (square > 0) {
      norms += Math.sqrt(squarePredicted / square);
      errors += Math.sqrt(error / square);
      normRows++;
      if (squarePredicted > 0) {
        cosines += product / Math.sqrt(square) / Math.sqrt(squarePredicted);
        cosineRows++;
      }
    }
  }

  /// Ends the current sequence.
  public void endSequence() {
    fvu.add(missed, variance);
    cosine.add(cosines, cosineRows);
    normRatio.add(norms, normRows);
    relativeError.add(errors, normRows);
    missed = 0;
    variance = 0;
    cosines = 0;
    cosineRows = 0;
    norms = 0;
    errors = 0;
    normRows = 0;
  }

  /// {@return what was measured}
  public Reconstruction result() {
    return new Reconstruction(
        fvu.estimate(), cosine.estimate(), normRatio.estimate(), relativeError.estimate());
  }
}
