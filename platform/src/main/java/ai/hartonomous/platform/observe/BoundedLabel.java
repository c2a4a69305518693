package ai.hartonomous.platform.observe;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Keeps a label to so many values, whatever users write: the first ones since the start that are
/// words, and `other` for the rest. Safe for any number of threads.
final class BoundedLabel {

  static final String OTHER = "other";

  private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,39}");

  private final int most;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /// Begins without values.
  ///
  /// @param most values besides `other`; at least 1
  BoundedLabel(int most) {
    this.most = most;
  }

  /// {@return the value to count under}
  ///
  /// @param text what a user wrote
  String of(String text) {
    String word = text.toLowerCase(Locale.ROOT).strip();
    if (known.contains(word)) {
      return word;
    }
    if (!WORD.matcher(word).matches()) {
      return OTHER;
    }
    synchronized (known) {
      if (known.size() < most) {
        known.add(word);
      }
    }
    return known.contains(word) ? word : OTHER;
  }
}
