package ai.hartonomous.model.tokenizer;

import java.util.function.IntConsumer;

/// Cuts normalised text into pieces.
interface Segmenter {

  /// Id given for text that no piece covers, with its range.
  interface Sink extends IntConsumer {

    /// Receives text that no piece covers.
    void unknown(int start, int end);
  }

  /// Cuts the text, left to right.
  ///
  /// @param text normalised text
  /// @param sink receives the ids
  void segment(String text, Sink sink);
}
