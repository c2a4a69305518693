package ai.hartonomous.interpret.interchange;

import ai.hartonomous.interpret.capture.RowGather;
import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Tells whether coders belong to a model: a coder that was read with the wrong hook points, the
/// wrong scale or the wrong bias misses more than there is to explain.
public final class ImportCheck {
  /// Fraction of variance unexplained above which a coder does not belong to the model. 1 is what
  /// the mean alone would miss.
  public static final double MOST_UNEXPLAINED = 1.5;

  private ImportCheck() {}

  /// Measures the fraction of variance unexplained, `Σ|y - ŷ|² / Σ|y - ȳ|²`, over some sequences; a
  /// thousand tokens are enough to tell a wrong coder from a right one. The first position of every
  /// sequence does not count.
  ///
  /// @param transformer the model
  /// @param coders coders that are said to be of it
  /// @param sequences token ids, at least two in each
  /// @return one figure for each coder
  /// @throws IllegalArgumentException if the model lacks a hook point, or has another width there
  public static double[] unexplained(
      Transformer transformer, List<SparseCoder> coders, List<int[]> sequences) {
    Set<HookPoint> points = new LinkedHashSet<>();
    for (SparseCoder coder : coders) {
      points.add(coder.reads());
      points.add(coder.writes());
    }
    var gather = new RowGather(transformer.config(), List.copyOf(points));
    Trace trace = transformer.trace(Trace.Keep.INFERENCE);
    List<Sums> sums = new ArrayList<>();
    for (SparseCoder coder : coders) {
      sums.add(new Sums(coder));
    }
    for (int[] ids : sequences) {
      gather.begin(IntStream.range(1, ids.length).toArray());
      transformer.forward(Batch.of(ids), trace, gather);
      for (Sums sum : sums) {
        sum.add(gather, transformer);
      }
    }
    return sums.stream().mapToDouble(Sums::unexplained).toArray();
  }

  /// Running sums of one coder, in double precision.
  private static final class Sums {
    private final SparseCoder coder;
    private final Latents latents = new Latents();
    private final double[] means;
    private double squares;
    private double missed;
    private long rows;

    Sums(SparseCoder coder) {
      this.coder = coder;
      means = new double[coder.weights().outputWidth()];
    }

    void add(RowGather gather, Transformer transformer) {
      Matrix x = gather.values(coder.reads());
      Matrix y = gather.values(coder.writes());
      boolean fits =
          x.cols() == coder.weights().inputWidth() && y.cols() == coder.weights().outputWidth();
      if (!fits) {
        throw new IllegalArgumentException(
            "%s reads %d and writes %d numbers, the model has %d and %d"
                .formatted(
                    coder.reads().path(),
                    coder.weights().inputWidth(),
                    coder.weights().outputWidth(),
                    x.cols(),
                    y.cols()));
      }
      Matrix predicted = Matrix.zeros(y.rows(), y.cols());
      coder.encode(x, transformer.kernels(), latents);
      coder.decode(latents, x, transformer.kernels(), predicted);
      for (int r = 0; r < y.rows(); r++) {
        for (int c = 0; c < y.cols(); c++) {
          double error = y.at(r, c) - predicted.at(r, c);
          missed += error * error;
          squares += (double) y.at(r, c) * y.at(r, c);
          means[c] += y.at(r, c);
        }
      }
      rows += y.rows();
    }

    double unexplained() {
      double variance = squares;
      for (double mean : means) {
        variance -= mean * mean / rows;
      }
      return missed / variance;
    }
  }
}
