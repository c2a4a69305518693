package ai.hartonomous.interpret.feature;

import ai.hartonomous.interpret.feature.Feature.Neighbour;
import ai.hartonomous.interpret.feature.Feature.OutputTokens;
import ai.hartonomous.interpret.feature.Feature.TokenWeight;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.HookPoint.Site;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.Norm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// What the rows of a decoder say without any text.
final class DecoderRows {
  private static final int ROWS_AT_ONCE = 128;

  private DecoderRows() {}

  /// Finds the tokens that each feature promotes and demotes by itself: the decoder row, centred
  /// where the final norm centres, times the norm's gain, times the output matrix, less the mean
  /// over the vocabulary. It leaves out the norm's denominator, which scales all alike, and
  /// everything the layers in between make of the row.
  ///
  /// Source: nostalgebraist, "interpreting GPT: the logit lens", 2020.
  ///
  /// @return one entry for each feature; empty lists where the coder does not write to the residual
  ///   stream
  static List<OutputTokens> outputTokens(
      SparseCoder coder, Model model, Kernels kernels, int count) {
    int features = coder.weights().latents();
    List<OutputTokens> ends = new ArrayList<>();
    if (!writesToResidual(coder.writes().site())) {
      for (int f = 0; f < features; f++) {
        ends.add(new OutputTokens(List.of(), List.of()));
      }
      return ends;
    }
    int outputs = model.config().extents().outputs();
    Matrix logits = Matrix.zeros(Math.min(features, ROWS_AT_ONCE), outputs);
    for (int from = 0; from < features; from += ROWS_AT_ONCE) {
      int to = Math.min(features, from + ROWS_AT_ONCE);
      Matrix rows = scaled(coder.weights().decoder().rows(from, to), model);
      Matrix block = logits.rows(0, to - from);
      kernels.project(rows, model.weights().output().weight(), null, block);
      for (int r = 0; r < block.rows(); r++) {
        ends.add(ends(block, r, count));
      }
    }
    return ends;
  }

  private static boolean writesToResidual(Site site) {
    return switch (site) {
      case RESIDUAL_BEFORE, ATTENTION_OUTPUT, MLP_OUTPUT, RESIDUAL_AFTER -> true;
      default -> false;
    };
  }

  private static Matrix scaled(Matrix rows, Model model) {
    Norm norm = model.weights().finalNorm();
    Matrix result = Matrix.zeros(rows.rows(), rows.cols());
    for (int r = 0; r < rows.rows(); r++) {
      double mean = 0;
      for (int c = 0; c < rows.cols() && norm != null && norm.kind() == Norm.Kind.LAYER; c++) {
        mean += rows.at(r, c) / (double) rows.cols();
      }
      for (int c = 0; c < rows.cols(); c++) {
        float gain = norm == null ? 1 : norm.gain()[c];
        result.data()[result.rowOffset(r) + c] = (float) ((rows.at(r, c) - mean) * gain);
      }
    }
    return result;
  }

  private static OutputTokens ends(Matrix logits, int row, int count) {
    double mean = 0;
    List<TokenWeight> all = new ArrayList<>();
    for (int v = 0; v < logits.cols(); v++) {
      mean += logits.at(row, v) / (double) logits.cols();
    }
    for (int v = 0; v < logits.cols(); v++) {
      all.add(new TokenWeight(v, (float) (logits.at(row, v) - mean)));
    }
    all.sort(Comparator.comparingDouble((TokenWeight t) -> -t.weight()));
    int most = Math.min(count, all.size());
    return new OutputTokens(
        List.copyOf(all.subList(0, most)), List.copyOf(all.reversed().subList(0, most)));
  }

  /// {@return for each feature the others with the highest cosine of decoder rows, highest first}
  static List<List<Neighbour>> neighbours(SparseCoder coder, Kernels kernels, int count) {
    Matrix unit = unitRows(coder.weights().decoder());
    int features = unit.rows();
    Matrix cosines = Matrix.zeros(Math.min(features, ROWS_AT_ONCE), features);
    List<List<Neighbour>> result = new ArrayList<>();
    for (int from = 0; from < features; from += ROWS_AT_ONCE) {
      int to = Math.min(features, from + ROWS_AT_ONCE);
      Matrix block = cosines.rows(0, to - from);
      kernels.project(unit.rows(from, to), unit, null, block);
      for (int r = 0; r < block.rows(); r++) {
        result.add(nearest(block, r, from + r, count));
      }
    }
    return result;
  }

  private static List<Neighbour> nearest(Matrix cosines, int row, int self, int count) {
    var best =
        new PriorityQueue<Neighbour>(
            Comparator.comparingDouble(Neighbour::cosine).thenComparingInt(n -> -n.index()));
    for (int f = 0; f < cosines.cols(); f++) {
      if (f != self) {
        best.add(new Neighbour(f, cosines.at(row, f)));
      }
      if (best.size() > count) {
        best.remove();
      }
    }
    List<Neighbour> sorted = new ArrayList<>();
    while (!best.isEmpty()) {
      sorted.add(best.remove());
    }
    return List.copyOf(sorted.reversed());
  }

  private static Matrix unitRows(Matrix rows) {
    Matrix unit = Matrix.zeros(rows.rows(), rows.cols());
    for (int r = 0; r < rows.rows(); r++) {
      double squares = 0;
      for (int c = 0; c < rows.cols(); c++) {
        squares += (double) rows.at(r, c) * rows.at(r, c);
      }
      double norm = squares == 0 ? 1 : Math.sqrt(squares);
      for (int c = 0; c < rows.cols(); c++) {
        unit.data()[unit.rowOffset(r) + c] = (float) (rows.at(r, c) / norm);
      }
    }
    return unit;
  }
}
