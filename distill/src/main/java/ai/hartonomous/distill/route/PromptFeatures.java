package ai.hartonomous.distill.route;

import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a router sees of a prompt: which words and which groups of three characters it has, not how
/// often and not where. Small and capital letters are the same, and so are all digits: `w:km`,
/// `w:00`, `c:km `.
final class PromptFeatures {
  /// Characters that are read, from the end of a prompt, where the question stands.
  static final int MAX_CHARACTERS = 8_192;

  /// Longest feature; the rest of longer words is left out.
  static final int MAX_LENGTH = 40;

  private static final String WORD = "w:";
  private static final String CHARACTERS = "c:";
  private static final int GROUP = 3;

  private PromptFeatures() {}

  /// {@return the features of a prompt in their natural order}
  static SortedSet<String> of(String prompt) {
    String text = plain(prompt);
    SortedSet<String> features = new TreeSet<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      boolean inside = i < text.length() && Character.isLetterOrDigit(text.charAt(i));
      if (inside) {
        continue;
      }
      add(features, text.substring(start, i));
      if (i < text.length()) {
        add(features, text.substring(i, i + 1));
      }
      start = i + 1;
    }
    for (int i = 0; i + GROUP <= text.length(); i++) {
      features.add(CHARACTERS + text.substring(i, i + GROUP));
    }
    return features;
  }

  private static void add(SortedSet<String> features, String word) {
    if (!word.isBlank()) {
      features.add(WORD + word.substring(0, Math.min(word.length(), MAX_LENGTH - WORD.length())));
    }
  }

  /// Small letters, zeros for digits, one blank for any number of blanks, none at the ends; half
  /// characters and control characters are blanks.
  private static String plain(String prompt) {
    int from = Math.max(0, prompt.length() - MAX_CHARACTERS);
    var plain = new StringBuilder();
    String lower = prompt.substring(from).toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      boolean blank = Character.isWhitespace(c) || Character.isISOControl(c);
      if (blank || Character.isSurrogate(c)) {
        c = ' ';
      }
      boolean again = plain.isEmpty() || plain.charAt(plain.length() - 1) == ' ';
      if (c != ' ' || !again) {
        plain.append(Character.isDigit(c) ? '0' : c);
      }
    }
    return plain.toString().strip();
  }
}
