package ai.hartonomous.model.transformer;

import ai.hartonomous.tensor.Matrix;

/// The first step of every pass: from token ids and positions to the residual stream.
final class Embedding {
  private Embedding() {}

  static void begin(Transformer transformer, Batch batch, int[] positions, Trace trace) {
    ModelConfig config = transformer.config();
    Weights weights = transformer.model().weights();
    check(config.extents(), batch, positions);
    trace.batch = batch;
    trace.positions = positions;
    trace.reserve(
        batch.rows(), weights.layers().stream().anyMatch(l -> l.attention().queryNorm() != null));
    float[] first = config.layers().isEmpty() ? trace.residualAfter : trace.layer(0).residualBefore;
    Matrix residual = Matrix.of(first, batch.rows(), config.width());
    transformer.kernels().gather(weights.tokens(), batch.ids(), residual);
    Matrix learned = weights.positions();
    if (learned != null) {
      addPositions(learned, positions, residual);
    }
  }

  private static void check(ModelConfig.Extents extents, Batch batch, int[] positions) {
    for (int r = 0; r < batch.rows(); r++) {
      if (batch.ids()[r] < 0 || batch.ids()[r] >= extents.vocabulary()) {
        throw new IllegalArgumentException(
            "token id %d outside the vocabulary of %d"
                .formatted(batch.ids()[r], extents.vocabulary()));
      }
      if (positions[r] >= extents.positions()) {
        throw new IllegalArgumentException(
            "position %d outside the context of %d".formatted(positions[r], extents.positions()));
      }
    }
  }

  private static void addPositions(Matrix table, int[] positions, Matrix residual) {
    for (int r = 0; r < positions.length; r++) {
      int from = table.rowOffset(positions[r]);
      int to = residual.rowOffset(r);
      for (int c = 0; c < residual.cols(); c++) {
        residual.data()[to + c] += table.data()[from + c];
      }
    }
  }
}
