package ai.hartonomous.model.tokenizer;

import java.util.Arrays;

/// Turns ids that arrive one by one into text as it becomes certain: never half a character, and
/// with the space that a whole decoding would have. For one thread.
///
/// Decodes a short window of tokens each time and gives out what is new. Where the text ends in
/// U+FFFD, up to three of them wait: a character has at most four bytes, so more tokens cannot make
/// them whole.
public final class TokenStream {

  /// Tokens of the prompt that decide how the first new token is spaced.
  private static final int CONTEXT = 6;

  private static final char HALF = '\uFFFD';
  private static final int MOST_HALVES = 3;

  private final Tokenizer tokenizer;
  private int[] window;
  private int read; // leading tokens of the window whose text was given out whole
  private int given; // characters of the window's text that were given out

  /// Begins a stream.
  ///
  /// @param tokenizer the vocabulary
  /// @param prompt ids that stand before the stream; their text is not given out
  public TokenStream(Tokenizer tokenizer, int[] prompt) {
    this.tokenizer = tokenizer;
    int from = Math.max(0, prompt.length - CONTEXT);
    window = Arrays.copyOfRange(prompt, from, prompt.length);
    read = window.length;
    given = tokenizer.decode(window).length();
  }

  /// {@return the text that became certain with this token; may be empty}
  ///
  /// @param id next token
  /// @throws IllegalArgumentException if the id lies outside the vocabulary
  public String next(int id) {
    int[] longer = Arrays.copyOf(window, window.length + 1);
    longer[window.length] = id;
    String text = tokenizer.decode(longer);
    window = longer;
    int waiting = waiting(text);
    // Some decoders give U+FFFD for every byte of a run while one of its characters is cut.
    boolean mayBeWhole = waiting > 0 && window.length - read <= MOST_HALVES;
    String fresh = mayBeWhole ? "" : fresh(text, text.length() - waiting);
    if (waiting == 0) {
      window = Arrays.copyOfRange(window, read, window.length);
      read = window.length;
      given = tokenizer.decode(window).length();
    }
    return fresh;
  }

  /// {@return the rest: halves of characters that were never completed, as U+FFFD}
  public String finish() {
    String text = tokenizer.decode(window);
    return fresh(text, text.length());
  }

  private String fresh(String text, int end) {
    if (end <= given) {
      return "";
    }
    String fresh = text.substring(given, end);
    given = end;
    return fresh;
  }

  private static int waiting(String text) {
    int count = 0;
    while (count < MOST_HALVES
        && count < text.length()
        && text.charAt(text.length() - 1 - count) == HALF) {
      count++;
    }
    return count;
  }
}
