package ai.hartonomous.distill.capability;

import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Splits texts into the longest pieces it knows, from the left.
///
/// @param pieces text of each id; special tokens have none
/// @param begin the begin token, put before prompts
/// @param end the end token
record Pieces(List<String> pieces, OptionalInt begin, OptionalInt end) implements Tokenizer {

  /// Tokens 1 to 16 are the letters `a` to `p`; 0 is the end.
  static Pieces letters() {
    List<String> pieces = new ArrayList<>(List.of(""));
    for (char c = 'a'; c <= 'p'; c++) {
      pieces.add(String.valueOf(c));
    }
    return new Pieces(pieces, OptionalInt.empty(), OptionalInt.of(0));
  }

  @Override
  public int vocabularySize() {
    return pieces.size();
  }

  @Override
  public int[] encode(String text) {
    List<Integer> ids = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int best = -1;
      for (int id = 0; id < pieces.size(); id++) {
        boolean fits = !pieces.get(id).isEmpty() && text.startsWith(pieces.get(id), at);
        boolean longer = best < 0 || pieces.get(id).length() > pieces.get(best).length();
        best = fits && longer ? id : best;
      }
      if (best < 0) {
        throw new IllegalArgumentException("no token for '" + text.charAt(at) + "'");
      }
      ids.add(best);
      at += pieces.get(best).length();
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public String decode(int[] ids) {
    return String.join("", IntStream.of(ids).mapToObj(pieces::get).toList());
  }

  @Override
  public OptionalInt beginId() {
    return begin;
  }

  @Override
  public OptionalInt endId() {
    return end;
  }

  @Override
  public boolean addsBegin() {
    return begin.isPresent();
  }

  @Override
  public String contentHash() {
    return pieces.toString();
  }

  @Override
  public String token(int id) {
    return pieces.get(id);
  }
}
