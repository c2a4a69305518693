package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.interpret.transcoder.HookPair;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.HookPoint;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;

/// What a model writes at one hook point when chosen values stand at another.
@FunctionalInterface
public interface MlpResponse {

  /// Computes the response to each row by itself.
  ///
  /// @param pair where the rows stand, and where the response is read
  /// @param x rows to put there `[R, D_in]`
  /// @return the response `[R, D_out]`
  Matrix respond(HookPair pair, Matrix x);

  /// {@return the responses of a model, each row in a sequence of one token}
  ///
  /// @param transformer the model; used by one thread at a time
  static MlpResponse of(Transformer transformer) {
    return (pair, x) -> {
      var patch = new Patch(pair, x);
      var batch = new Batch(new int[x.rows()], x.rows(), 1);
      transformer.forward(batch, transformer.trace(Trace.Keep.INFERENCE), patch);
      return patch.response;
    };
  }

  /// Writes rows at one point and copies those at another.
  final class Patch implements Hooks {
    private final HookPair pair;
    private final Matrix x;
    private Matrix response = Matrix.zeros(0, 0);

    private Patch(HookPair pair, Matrix x) {
      this.pair = pair;
      this.x = x;
    }

    @Override
    public void at(HookPoint point, Matrix values) {
      if (point.equals(pair.reads())) {
        for (int r = 0; r < x.rows(); r++) {
          x.readRow(r, values.data(), values.rowOffset(r));
        }
      }
      if (point.equals(pair.writes())) {
        response = Matrix.zeros(values.rows(), values.cols());
        for (int r = 0; r < values.rows(); r++) {
          values.readRow(r, response.data(), response.rowOffset(r));
        }
      }
    }
  }
}
