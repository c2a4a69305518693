package ai.hartonomous.interpret.circuit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A contrast item as text, before a tokenizer has read it.
///
/// @param id names the pair in messages
/// @param clean prompt after which an answer follows
/// @param corrupted prompt after which it does not, or null where there is none
/// @param answers what may follow the clean prompt, each with its leading blank if it has one; the
///   first token of each counts
/// @param wrong what would follow the corrupted prompt
public record ContrastPair(
    String id, String clean, @Nullable String corrupted, List<String> answers, List<String> wrong) {

  /// Copies the lists.
  public ContrastPair {
    answers = List.copyOf(answers);
    wrong = List.copyOf(wrong);
  }
}
