package ai.hartonomous.interpret.circuit;

import ai.hartonomous.interpret.circuit.ContrastItem.Target;
import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Contrast items that a model can read.
///
/// @param items the items
/// @param skipped for each reason how many pairs were left out
public record ContrastSuite(List<ContrastItem> items, Map<String, Integer> skipped) {

  /// Copies both.
  public ContrastSuite {
    items = List.copyOf(items);
    skipped = Map.copyOf(skipped);
  }

  /// What to do with a pair the tokenizer cannot make an item of.
  public enum Unusable {
    /// Fail, naming pair and reason.
    REFUSED,
    /// Leave it out and count it.
    SKIPPED
  }

  /// How many pairs to look at for each that is wanted, before giving up.
  private static final int PATIENCE = 50;

  /// Reads pairs until there are enough items.
  ///
  /// @param pairs the pairs; may have no end
  /// @param most items wanted at most
  /// @param tokenizer the model's
  /// @param unusable what to do with pairs that make no item
  /// @return the suite
  /// @throws IllegalArgumentException if a pair makes no item and that is refused, or none does
  public static ContrastSuite of(
      Iterator<ContrastPair> pairs, int most, Tokenizer tokenizer, Unusable unusable) {
    List<ContrastItem> items = new ArrayList<>();
    Map<String, Integer> skipped = new TreeMap<>();
    for (int seen = 0; items.size() < most && seen < PATIENCE * most && pairs.hasNext(); seen++) {
      ContrastPair pair = pairs.next();
      Read read = read(pair, tokenizer);
      if (read.item() != null) {
        items.add(read.item());
      } else if (unusable == Unusable.REFUSED) {
        throw new IllegalArgumentException("item %s: %s".formatted(pair.id(), read.detail()));
      } else {
        skipped.merge(read.reason(), 1, Integer::sum);
      }
    }
    if (items.isEmpty()) {
      throw new IllegalArgumentException(
          skipped.isEmpty()
              ? "no items"
              : "no usable items: "
                  + skipped.entrySet().stream()
                      .map(e -> e.getValue() + " with " + e.getKey())
                      .collect(Collectors.joining(", ")));
    }
    return new ContrastSuite(items, skipped);
  }

  private record Read(@Nullable ContrastItem item, String reason, String detail) {

    static Read failed(String reason, String detail) {
      return new Read(null, reason, reason + ": " + detail);
    }
  }

  private static Read read(ContrastPair pair, Tokenizer tokenizer) {
    int[] clean = tokenizer.encodePrompt(pair.clean());
    int[] corrupted = pair.corrupted() == null ? null : tokenizer.encodePrompt(pair.corrupted());
    if (corrupted != null && corrupted.length != clean.length) {
      return Read.failed(
          "prompts of unequal length",
          "%d tokens in '%s', %d in '%s'"
              .formatted(clean.length, pair.clean(), corrupted.length, pair.corrupted()));
    }
    if (Arrays.equals(clean, corrupted)) {
      return Read.failed("equal prompts", "'%s'".formatted(pair.clean()));
    }
    int[] answers = firstTokens(pair.clean(), clean, pair.answers(), tokenizer);
    int[] wrong = firstTokens(pair.clean(), clean, pair.wrong(), tokenizer);
    int[] onlyAnswers = without(answers, wrong);
    int[] onlyWrong = without(wrong, answers);
    if (onlyAnswers.length == 0 || (wrong.length > 0 && onlyWrong.length == 0)) {
      return Read.failed(
          "answers that begin with the same token",
          "%s and %s after '%s'".formatted(pair.answers(), pair.wrong(), pair.clean()));
    }
    Target target = new Target(clean.length - 1, onlyAnswers, onlyWrong);
    return new Read(new ContrastItem(pair.id(), clean, corrupted, List.of(target)), "", "");
  }

  /// {@return the token that follows the prompt in each text that goes on from it, none where the
  /// boundary falls inside a token}
  private static int[] firstTokens(
      String prompt, int[] ids, List<String> continuations, Tokenizer tokenizer) {
    return continuations.stream()
        .map(text -> tokenizer.encodePrompt(prompt + text))
        .filter(all -> all.length > ids.length && Arrays.mismatch(all, ids) == ids.length)
        .mapToInt(all -> all[ids.length])
        .distinct()
        .toArray();
  }

  private static int[] without(int[] some, int[] others) {
    return Arrays.stream(some)
        .filter(id -> Arrays.stream(others).noneMatch(other -> other == id))
        .toArray();
  }
}
