package ai.hartonomous.model.tokenizer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Byte-pair encoding as SentencePiece does it: begins with single characters and joins the two
/// neighbours that make the piece with the best score, until no neighbours make a piece. As in
/// SentencePiece's `bpe_model.cc`.
final class MergingSegmenter implements Segmenter {

  private final Map<String, Integer> ids;
  private final List<Piece> pieces;
  private final PieceSearch whole;

  /// Prepares a vocabulary.
  ///
  /// @param pieces the vocabulary, by id
  /// @param ids id of every piece that is text
  /// @param whole pieces that are one token wherever they stand
  MergingSegmenter(List<Piece> pieces, Map<String, Integer> ids, PieceSearch whole) {
    this.ids = ids;
    this.pieces = pieces;
    this.whole = whole;
  }

  @Override
  public void segment(String text, Sink sink) {
    if (text.isEmpty()) {
      return;
    }
    Map<String, Integer> cuts =
        new HashMap<>(); // of each unused piece, the length of its left half
    var chain =
        new MergeChain(
            text,
            at -> whole.longest(text, at),
            (left, right) -> {
              String joined = left.concat(right);
              Integer id = ids.get(joined);
              if (id != null && pieces.get(id).type() == Piece.Type.UNUSED) {
                cuts.put(joined, left.length());
              }
              return id == null ? MergeChain.NONE : pieces.get(id).score();
            });
    chain.join((from, to) -> give(text, from, to, cuts, sink));
  }

  /// Gives a symbol out; an unused piece is taken apart again first.
  private void give(String text, int from, int to, Map<String, Integer> cuts, Sink sink) {
    String symbol = text.substring(from, to);
    Integer id = ids.get(symbol);
    if (id == null) {
      sink.unknown(from, to);
      return;
    }
    Integer cut = pieces.get(id).type() == Piece.Type.UNUSED ? cuts.get(symbol) : null;
    if (cut == null) {
      sink.accept(id);
      return;
    }
    give(text, from, from + cut, cuts, sink);
    give(text, from + cut, to, cuts, sink);
  }
}
