package ai.hartonomous.model.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The most probable cut under a unigram language model, by dynamic programming from left to right.
/// Source: Kudo, "Subword Regularization: Improving Neural Network Translation Models with Multiple
/// Subword Candidates", 2018, arXiv:1804.10959, section 3.2; penalties as in SentencePiece's
/// `unigram_model.cc`.
final class UnigramSegmenter implements Segmenter {

  /// How far below the worst piece an unknown character scores.
  private static final float UNKNOWN_PENALTY = 10f;

  private final Map<String, Integer> ids;
  private final PieceSearch search;
  private final float[] scores;
  private final boolean[] userDefined;
  private final boolean[] unused;
  private final float unknownScore;
  private final float bestScore;

  /// Prepares a vocabulary.
  ///
  /// @param pieces the vocabulary, by id
  /// @param ids id of every piece that is text
  UnigramSegmenter(List<Piece> pieces, Map<String, Integer> ids) {
    this.ids = ids;
    search = new PieceSearch(ids.keySet());
    scores = new float[pieces.size()];
    userDefined = new boolean[pieces.size()];
    unused = new boolean[pieces.size()];
    float lowest = Float.MAX_VALUE;
    float highest = -Float.MAX_VALUE;
    for (int id = 0; id < scores.length; id++) {
      Piece piece = pieces.get(id);
      scores[id] = piece.score();
      userDefined[id] = piece.type() == Piece.Type.USER_DEFINED;
      unused[id] = piece.type() == Piece.Type.UNUSED;
      if (piece.type() == Piece.Type.NORMAL) {
        lowest = Math.min(lowest, piece.score());
        highest = Math.max(highest, piece.score());
      }
    }
    unknownScore = lowest - UNKNOWN_PENALTY;
    bestScore = highest;
  }

  @Override
  public void segment(String text, Sink sink) {
    int length = text.length();
    var lattice = new Lattice(length);
    for (int at = 0; at < length; at += Character.charCount(text.codePointAt(at))) {
      if (lattice.from[at] < 0) {
        continue;
      }
      int character = Character.charCount(text.codePointAt(at));
      boolean covered = false;
      for (int size : search.lengths(text, at)) {
        int id = ids.getOrDefault(text.substring(at, at + size), -1);
        if (id < 0 || unused[id]) {
          continue;
        }
        // A piece the user defined beats every cut of the same text.
        float score = userDefined[id] ? size * bestScore - 0.1f : scores[id];
        lattice.offer(at, at + size, id, score);
        covered |= size == character;
      }
      if (!covered) {
        lattice.offer(at, at + character, -1, unknownScore);
      }
    }
    lattice.give(sink);
  }

  /// The best cut up to every place of a text.
  private static final class Lattice {

    private final float[] best; // its score
    private final int[] from; // where its last piece begins; -1 while there is no cut
    private final int[] last; // id of its last piece, or -1 for unknown

    Lattice(int length) {
      best = new float[length + 1];
      from = new int[length + 1];
      last = new int[length + 1];
      Arrays.fill(from, 1, length + 1, -1);
    }

    void offer(int at, int end, int id, float score) {
      float sum = best[at] + score;
      if (from[end] < 0 || sum > best[end]) {
        best[end] = sum;
        from[end] = at;
        last[end] = id;
      }
    }

    void give(Sink sink) {
      int[] ends = new int[from.length];
      int count = 0;
      for (int end = from.length - 1; end > 0; end = from[end]) {
        ends[count++] = end;
      }
      for (int i = count - 1; i >= 0; i--) {
        int end = ends[i];
        if (last[end] < 0) {
          sink.unknown(from[end], end);
        } else {
          sink.accept(last[end]);
        }
      }
    }
  }
}
