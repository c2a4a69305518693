package ai.hartonomous.interpret.transcoder;

import ai.hartonomous.tensor.Matrix;
import java.io.IOException;
import java.util.List;

/// A sequence of batches of a model's values, the same every time it is read: batch `n` depends on
/// {@link #identity} and `n` alone, not on what was read before. One batch serves the coders of
/// several hook pairs with the same tokens, so that one pass of the model feeds them all.
///
/// Reading in order is cheap. Going elsewhere (to resume) may cost reading what lies before, and
/// gives the same bits. One caller at a time.
public interface ActivationStream extends AutoCloseable {

  /// {@return where the values of each pair come from, in the order of a batch}
  List<HookPair> pairs();

  /// {@return `R`, number of rows (tokens) in every batch}
  int rows();

  /// {@return what the values follow from: model, text, order, batch size, seed. Two streams with
  /// the same identity and pairs deliver the same bits; a resumed training compares it}
  String identity();

  /// Reads one batch. A stream over a finite text begins again when it ends, in another order where
  /// it shuffles, so every step has a batch.
  ///
  /// @param step number of the batch, from 0
  /// @return the values; the stream may overwrite them at the next call
  /// @throws IOException if the source cannot be read
  Batch read(long step) throws IOException;

  /// Values of one batch: for every pair of {@link #pairs}, the same `R` tokens.
  ///
  /// @param x input rows of each pair, row-major `[R, D_in]`; readers leave them as they are
  /// @param y target rows of each pair, row-major `[R, D_out]`; the same object as `x` where the
  ///   pair is an autoencoder's
  record Batch(List<Matrix> x, List<Matrix> y) {
    /// Copies the lists, not the numbers.
    public Batch {
      x = List.copyOf(x);
      y = List.copyOf(y);
    }
  }

  /// Releases files and threads.
  @Override
  void close();
}
