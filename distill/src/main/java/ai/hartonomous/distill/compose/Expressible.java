package ai.hartonomous.distill.compose;

import ai.hartonomous.distill.capability.CapabilityItem;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tells whether a model can be asked at all.
final class Expressible {
  private static final int END = 1;

  private Expressible() {}

  /// {@return why the tokenizer cannot express an item, or the context cannot hold it, if so}
  ///
  /// @param context longest sequence, in tokens
  static Optional<String> obstacle(List<CapabilityItem> items, Tokenizer tokenizer, int context) {
    return items.stream().flatMap(item -> obstacle(item, tokenizer, context).stream()).findFirst();
  }

  /// {@return why the item cannot be asked, if so}
  static Optional<String> obstacle(CapabilityItem item, Tokenizer tokenizer, int context) {
    int prompt = 0;
    int longest = 0;
    List<String> texts = new ArrayList<>(List.of(item.prompt()));
    texts.addAll(item.task().texts());
    for (String text : texts) {
      int[] ids;
      try {
        ids = tokenizer.encode(text);
        if (!tokenizer.decode(ids).strip().equals(text.strip())) {
          return Optional.of("its tokenizer cannot express item \"%s\"".formatted(item.id()));
        }
      } catch (IllegalArgumentException e) {
        return Optional.of(
            "its tokenizer cannot express item \"%s\": %s".formatted(item.id(), e.getMessage()));
      }
      prompt = text.equals(item.prompt()) ? ids.length : prompt;
      longest = text.equals(item.prompt()) ? longest : Math.max(longest, ids.length);
    }
    int length = END + prompt + longest + (tokenizer.addsBegin() ? 1 : 0);
    if (length > context) {
      return Optional.of(
          "item \"%s\" has %d tokens, its context %d".formatted(item.id(), length, context));
    }
    return Optional.empty();
  }
}
