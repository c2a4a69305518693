package ai.hartonomous.samples.skill;

/// One job with its right answer. The model reads `prompt + answer` as one text.
///
/// @param prompt what is asked; ends in {@link #SUFFIX}
/// @param answer what has to follow; starts with a blank and holds no line break
public record Exercise(String prompt, String answer) {

  /// What every prompt ends in.
  public static final String SUFFIX = " =>";

  /// Checks the form of both texts.
  ///
  /// @throws IllegalArgumentException if prompt or answer do not have their form
  public Exercise {
    if (!prompt.endsWith(SUFFIX) || prompt.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("prompt is not one line with its suffix: " + prompt);
    }
    if (answer.length() < 2 || answer.charAt(0) != ' ' || answer.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("answer is not a blank and one line: " + answer);
    }
  }

  /// {@return the exercise for a question and its answer}
  ///
  /// @param question without the suffix
  /// @param answer without the leading blank
  static Exercise of(String question, String answer) {
    return new Exercise(question + SUFFIX, " " + answer);
  }
}
