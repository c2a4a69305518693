package ai.hartonomous.tensor;

import ai.hartonomous.tensor.CoderKernels.Part;
import java.util.List;

/// Checks of arguments that all implementations of {@link CoderKernels} share. Each throws {@link
/// IllegalArgumentException}.
final class CoderShapes {

  private CoderShapes() {}

  static void encoder(Matrix x, Matrix encoder, float[] bias) {
    Shapes.rowMajor("x", x);
    Shapes.rowMajor("encoder", encoder);
    if (x.cols() != encoder.cols() || bias.length != encoder.rows()) {
      throw new IllegalArgumentException(
          "rows of %d for an encoder %d x %d with %d biases"
              .formatted(x.cols(), encoder.rows(), encoder.cols(), bias.length));
    }
  }

  static void residual(
      SparseRows active, Matrix decoder, Matrix target, Matrix out, float[] dValues) {
    Shapes.same("target", target, out);
    Shapes.rowMajor("decoder", decoder);
    entries(active, decoder.rows(), dValues);
    if (decoder.cols() != out.cols() || active.rows() != out.rows()) {
      throw new IllegalArgumentException(
          "%d sparse rows and a decoder of width %d for results %d x %d"
              .formatted(active.rows(), decoder.cols(), out.rows(), out.cols()));
    }
  }

  private static void entries(SparseRows active, int latents, float[] dValues) {
    Shapes.atLeast("gradients of entries", dValues.length, active.size());
    for (int e = 0; e < active.size(); e++) {
      if (active.columns()[e] < 0 || active.columns()[e] >= latents) {
        throw new IllegalArgumentException(
            "latent %d of %d at entry %d".formatted(active.columns()[e], latents, e));
      }
    }
  }

  static void update(List<Part> parts, RowUpdate update, CoderState state) {
    Matrix encoder = state.weights().encoder();
    Matrix decoder = state.weights().decoder();
    if (update.pull().length > 0) {
      Shapes.atLeast("pull", update.pull().length, encoder.rows());
    }
    for (Part part : parts) {
      entries(part.active(), encoder.rows(), part.dValues());
      Shapes.rowMajor("x", part.x());
      Shapes.rowMajor("dY", part.dY());
      int rows = part.active().rows();
      if (part.x().rows() != rows
          || part.dY().rows() != rows
          || part.x().cols() != encoder.cols()
          || part.dY().cols() != decoder.cols()) {
        throw new IllegalArgumentException(
            "%d sparse rows with inputs %d x %d and gradients %d x %d for widths %d and %d"
                .formatted(
                    rows,
                    part.x().rows(),
                    part.x().cols(),
                    part.dY().rows(),
                    part.dY().cols(),
                    encoder.cols(),
                    decoder.cols()));
      }
    }
  }
}
