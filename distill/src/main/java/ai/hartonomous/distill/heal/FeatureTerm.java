package ai.hartonomous.distill.heal;

import ai.hartonomous.interpret.transcoder.Latents;
import ai.hartonomous.interpret.transcoder.SparseCoder;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.List;

/// The term of an {@link Objective} on features: what the encoders of the source's sparse coders
/// make of the student's values beside what they make of the source's,
///
/// ```
/// weight / (C R) Σ_coders Σ_rows Σ_features (a_student - a_source)²
/// ```
///
/// over `C` coders and `R` answer tokens. A feature that the student has not active has no
/// gradient: that is the derivative wherever the set of active features does not change.
final class FeatureTerm implements InnerTerm {
  private final Kernels kernels;
  private final List<SparseCoder> coders;
  private final float weight;
  private final Latents[] features;
  private final Matrix[] slopes;
  private int[] rows = {};
  private double loss;

  FeatureTerm(Kernels kernels, List<SparseCoder> coders, float weight) {
    this.kernels = kernels;
    this.coders = List.copyOf(coders);
    this.weight = weight;
    features = new Latents[this.coders.size()];
    slopes = new Matrix[features.length];
    for (int c = 0; c < features.length; c++) {
      features[c] = new Latents();
    }
  }

  @Override
  public void begin(int[] answers) {
    rows = answers;
    loss = 0;
  }

  @Override
  public void keep(HookPoint point, Matrix values) {
    for (int c = 0; c < features.length; c++) {
      if (coders.get(c).reads().equals(point)) {
        coders.get(c).encode(answers(values), kernels, features[c]);
      }
    }
  }

  @Override
  public void compare(HookPoint point, Matrix values) {
    for (int c = 0; c < features.length; c++) {
      if (coders.get(c).reads().equals(point)) {
        var own = new Latents();
        coders.get(c).encode(answers(values), kernels, own);
        slopes[c] = compare(own, features[c], coders.get(c));
      }
    }
  }

  private Matrix compare(Latents own, Latents wanted, SparseCoder coder) {
    Matrix encoder = coder.weights().encoder();
    Matrix slope = Matrix.zeros(rows.length, encoder.cols());
    double scale = weight / ((double) rows.length * features.length);
    for (int r = 0; r < rows.length; r++) {
      for (int e = wanted.start(r); e < wanted.start(r + 1); e++) {
        if (own.value(r, wanted.latent(e)) == 0) {
          loss += scale * wanted.value(e) * wanted.value(e);
        }
      }
      for (int e = own.start(r); e < own.start(r + 1); e++) {
        double difference = (double) own.value(e) - wanted.value(r, own.latent(e));
        loss += scale * difference * difference;
        int from = encoder.rowOffset(own.latent(e));
        int to = slope.rowOffset(r);
        for (int d = 0; d < encoder.cols(); d++) {
          slope.data()[to + d] += (float) (2 * scale * difference * encoder.data()[from + d]);
        }
      }
    }
    return slope;
  }

  @Override
  public void add(HookPoint point, Matrix gradient) {
    for (int c = 0; c < slopes.length; c++) {
      if (coders.get(c).reads().equals(point)) {
        for (int r = 0; r < rows.length; r++) {
          int from = slopes[c].rowOffset(r);
          int to = gradient.rowOffset(rows[r]);
          for (int d = 0; d < gradient.cols(); d++) {
            gradient.data()[to + d] += slopes[c].data()[from + d];
          }
        }
      }
    }
  }

  @Override
  public double loss() {
    return loss;
  }

  private Matrix answers(Matrix values) {
    Matrix picked = Matrix.zeros(rows.length, values.cols());
    for (int r = 0; r < rows.length; r++) {
      values.readRow(rows[r], picked.data(), picked.rowOffset(r));
    }
    return picked;
  }
}
