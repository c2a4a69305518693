package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.train.CoderRecipe.Revival;
import ai.hartonomous.tensor.CoderKernels.Part;
import ai.hartonomous.tensor.CoderState.Rows;
import ai.hartonomous.tensor.Matrix;
import ai.hartonomous.tensor.SparseRows;
import ai.hartonomous.tensor.TopKSearch;
import java.util.Optional;

/// The auxiliary loss of dead latents, {@link Revival}.
final class DeadLatents {
  private final Revival revival;
  private final CoderVariables variables;
  private final SparseRows found = new SparseRows();
  private final SparseRows entries = new SparseRows();
  private TopKSearch search = new TopKSearch(1);
  private Matrix error = Matrix.zeros(0, 0);
  private Matrix out = Matrix.zeros(0, 0);

  DeadLatents(Revival revival, CoderVariables variables) {
    this.revival = revival;
    this.variables = variables;
  }

  /// {@return the entries of dead latents with the gradients of the loss; empty if none is dead or
  /// has a positive pre-activation}
  ///
  /// @param dead dead latents, rising
  /// @param x scaled inputs `[R, D_in]`
  /// @param scaledError `factor (ŷ - y)`, `[R, D_out]`
  /// @param factor its factor
  Optional<Part> part(int[] dead, Matrix x, Matrix scaledError, float factor, Tools tools) {
    if (dead.length == 0 || revival.weight() == 0) {
      return Optional.empty();
    }
    int all = revival.candidates() > 0 ? revival.candidates() : Math.max(1, x.cols() / 2);
    int k = Math.min(all, dead.length);
    find(dead, x, k, tools);
    if (entries.size() == 0) {
      return Optional.empty();
    }
    missed(scaledError, factor);
    double spread = Variance.of(error);
    double weight = revival.weight() * k / all;
    float scale = spread > 0 ? (float) (2 * weight / spread) : 0;
    float[] dValues = new float[entries.size()];
    Matrix decoder = variables.weights().decoder();
    tools.coders().residual(entries, decoder, error, scale, out, dValues);
    return Optional.of(new Part(entries, dValues, x, out));
  }

  /// Finds the largest dead latents with an encoder that has no other rows.
  private void find(int[] dead, Matrix x, int k, Tools tools) {
    Rows weights = variables.weights();
    Matrix encoder = Matrix.zeros(dead.length, x.cols());
    float[] bias = new float[dead.length];
    for (int i = 0; i < dead.length; i++) {
      weights.encoder().readRow(dead[i], encoder.data(), encoder.rowOffset(i));
      bias[i] = weights.bias()[dead[i]];
    }
    search = search.k() == k ? search : new TopKSearch(k);
    tools.coders().topK(x, encoder, bias, search, found);
    entries.clear();
    for (int r = 0; r < found.rows(); r++) {
      for (int e = found.starts()[r]; e < found.starts()[r + 1]; e++) {
        entries.add(dead[found.columns()[e]], found.values()[e]);
      }
      entries.endRow();
    }
  }

  private void missed(Matrix scaledError, float factor) {
    if (error.rows() != scaledError.rows()) {
      error = Matrix.zeros(scaledError.rows(), scaledError.cols());
      out = Matrix.zeros(scaledError.rows(), scaledError.cols());
    }
    float[] to = error.data();
    for (int i = 0; i < to.length; i++) {
      to[i] = -scaledError.data()[i] / factor;
      out.data()[i] = 0;
    }
  }
}
