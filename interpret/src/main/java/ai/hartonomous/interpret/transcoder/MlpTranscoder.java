package ai.hartonomous.interpret.transcoder;

import ai.hartonomous.model.generate.Transcoder;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/// A coder of an MLP as explanations of generated tokens read it. Which features are active and how
/// much is what {@link SparseCoder#encode} says, bit for bit.
///
/// One row costs `F D` products for the encoder, `D²` for the skip path, and `D` for each active
/// feature, whose rows of the decoder are the only ones read.
///
/// @param coder predicts an MLP's output from its input
public record MlpTranscoder(SparseCoder coder) implements Transcoder {

  /// Checks.
  ///
  /// @throws IllegalArgumentException if the coder reads or predicts anything else, or its input
  ///   and output differ in width
  public MlpTranscoder {
    HookPair pair = new HookPair(coder.reads(), coder.writes());
    if (!pair.equals(HookPair.mlp(coder.reads().layer()))) {
      throw new IllegalArgumentException(
          "a coder from %s to %s is no transcoder of an MLP"
              .formatted(coder.reads().path(), coder.writes().path()));
    }
    CoderWeights weights = coder.weights();
    if (weights.inputWidth() != weights.outputWidth()) {
      throw new IllegalArgumentException(
          "a transcoder that is %d wide and predicts %d numbers is of no MLP"
              .formatted(weights.inputWidth(), weights.outputWidth()));
    }
  }

  @Override
  public int layer() {
    return coder.reads().layer();
  }

  @Override
  public int width() {
    return coder.weights().inputWidth();
  }

  @Override
  public Split split(float[] input, double[] direction, Kernels kernels) {
    Matrix x = Matrix.of(input, 1, width());
    CoderWeights weights = coder.weights();
    var latents = new Latents();
    coder.encode(x, kernels, latents);
    List<Active> active = new ArrayList<>();
    for (int e = 0; e < latents.size(); e++) {
      int latent = latents.latent(e);
      double row = dot(weights.decoder(), latent, direction);
      active.add(new Active(latent, latents.value(e), latents.value(e) * row));
    }
    double skip = 0;
    if (weights.skip() != null) {
      Matrix written = Matrix.zeros(1, width());
      kernels.project(x, weights.skip(), null, written);
      skip = dot(written, 0, direction);
    }
    double bias = dot(Matrix.of(weights.decoderBias(), 1, width()), 0, direction);
    return new Split(active, skip, bias);
  }

  private static double dot(Matrix rows, int row, double[] direction) {
    double sum = 0;
    for (int i = 0; i < direction.length; i++) {
      sum += rows.at(row, i) * direction[i];
    }
    return sum;
  }
}
