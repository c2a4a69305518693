package ai.hartonomous.model.tokenizer;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// Tokens that are recognised in a text before anything else happens to it, longest first.
final class SpecialTokens {

  private final Map<String, Integer> ids;
  private final PieceSearch search;

  /// Prepares a set of tokens.
  ///
  /// @param ids id of each text
  SpecialTokens(Map<String, Integer> ids) {
    this.ids = Map.copyOf(ids);
    search = new PieceSearch(ids.keySet());
  }

  /// Gives a text out in order.
  ///
  /// @param text any text
  /// @param plain receives what lies between special tokens; may be empty
  /// @param special receives the ids of special tokens
  void split(String text, Consumer<String> plain, IntConsumer special) {
    int from = 0;
    int at = 0;
    while (at < text.length()) {
      int size = search.longest(text, at);
      Integer id = size == 0 ? null : ids.get(text.substring(at, at + size));
      if (id == null) {
        at++;
        continue;
      }
      plain.accept(text.substring(from, at));
      special.accept(id);
      at += size;
      from = at;
    }
    plain.accept(text.substring(from));
  }
}
