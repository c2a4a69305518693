package ai.hartonomous.distill.importance;

import java.util.Arrays;

/// A token sequence and what is to be predicted after each of its tokens. The tokens to predict are
/// called the answer.
///
/// @param ids tokens the model reads, `[T]`
/// @param targets right next token at each position, `[T]`; -1 where none is asked for
public record Example(int[] ids, int[] targets) {

  /// Checks the lengths.
  ///
  /// @throws IllegalArgumentException if the lengths differ or no position asks for a token
  public Example {
    if (ids.length != targets.length) {
      throw new IllegalArgumentException(
          "%d tokens with %d targets".formatted(ids.length, targets.length));
    }
    if (Arrays.stream(targets).allMatch(target -> target < 0)) {
      throw new IllegalArgumentException("an example asks for at least one token");
    }
  }

  /// {@return the example in which `answer` follows `prompt`}
  ///
  /// @param prompt tokens given; at least one
  /// @param answer tokens to predict; at least one. Its last token is never read, only predicted
  public static Example of(int[] prompt, int[] answer) {
    if (prompt.length == 0 || answer.length == 0) {
      throw new IllegalArgumentException(
          "prompt of %d and answer of %d tokens".formatted(prompt.length, answer.length));
    }
    int[] ids = Arrays.copyOf(prompt, prompt.length + answer.length - 1);
    System.arraycopy(answer, 0, ids, prompt.length, answer.length - 1);
    int[] targets = new int[ids.length];
    Arrays.fill(targets, -1);
    System.arraycopy(answer, 0, targets, prompt.length - 1, answer.length);
    return new Example(ids, targets);
  }

  /// {@return number of positions that ask for a token}
  public int answerTokens() {
    return (int) Arrays.stream(targets).filter(target -> target >= 0).count();
  }

  /// {@return the tokens before the first one that is to be predicted}
  public int[] prompt() {
    int first = 0;
    while (targets[first] < 0) {
      first++;
    }
    return Arrays.copyOf(ids, first + 1);
  }

  /// {@return `T`}
  public int length() {
    return ids.length;
  }
}
