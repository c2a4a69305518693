package ai.hartonomous.distill.capability;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Takes what counts out of a text. Written as its name, those with a pattern as `name:pattern`:
///
/// | name | result |
/// |---|---|
/// | `strip` | without blanks around it |
/// | `lower_case` | in lower case |
/// | `first_line` | up to the first line break |
/// | `regex:P` | first match of the pattern: its first group, or all of it where it has none |
/// | `regex_last:P` | last match, likewise |
/// | `remove:P` | without all matches |
///
/// A pattern that is not found gives nothing, and so does one that would take too long: patterns
/// come from files, and some take time exponential in the length of the text.
public final class Filter {
  /// Longest text that is read by patterns, in characters; of longer ones the end is.
  public static final int MOST_CHARACTERS = 4096;

  private static final int MOST_PATTERN_CHARACTERS = 500;
  private static final int MOST_READS = 2_000_000;

  private enum Kind {
    STRIP(false),
    LOWER_CASE(false),
    FIRST_LINE(false),
    REGEX(true),
    REGEX_LAST(true),
    REMOVE(true);

    private final boolean takesPattern;

    Kind(boolean takesPattern) {
      this.takesPattern = takesPattern;
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Kind kind;
  private final Pattern pattern;

  private Filter(Kind kind, Pattern pattern) {
    this.kind = kind;
    this.pattern = pattern;
  }

  /// {@return the filter of a name}
  ///
  /// @param text name, with its pattern where it has one
  /// @throws IllegalArgumentException if there is no such filter, or the pattern is none
  public static Filter parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String pattern = colon < 0 ? "" : text.substring(colon + 1);
    for (Kind kind : Kind.values()) {
      boolean fits = kind.takesPattern ? !pattern.isEmpty() : colon < 0;
      if (kind.label().equals(name) && fits) {
        return new Filter(kind, compile(pattern));
      }
    }
    throw new IllegalArgumentException(
        "field \"filters\": expected strip, lower_case, first_line, regex:P, regex_last:P or"
            + " remove:P, found \""
            + text.substring(0, Math.min(80, text.length()))
            + '"');
  }

  private static Pattern compile(String pattern) {
    if (pattern.length() > MOST_PATTERN_CHARACTERS) {
      throw new IllegalArgumentException(
          "field \"filters\": expected a pattern of at most %d characters, found %d"
              .formatted(MOST_PATTERN_CHARACTERS, pattern.length()));
    }
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "field \"filters\": expected a pattern: " + e.getDescription(), e);
    }
  }

  /// {@return what counts of a text, or nothing}
  ///
  /// @param text any text
  public Optional<String> apply(String text) {
    return switch (kind) {
      case STRIP -> Optional.of(text.strip());
      case LOWER_CASE -> Optional.of(text.toLowerCase(Locale.ROOT));
      case FIRST_LINE -> text.lines().findFirst().or(() -> Optional.of(""));
      case REGEX, REGEX_LAST, REMOVE -> matched(text);
    };
  }

  private Optional<String> matched(String text) {
    String end = text.substring(Math.max(0, text.length() - MOST_CHARACTERS));
    try {
      Matcher matcher = pattern.matcher(new Counted(end, new int[] {MOST_READS}));
      if (kind == Kind.REMOVE) {
        return Optional.of(matcher.replaceAll(""));
      }
      Optional<String> found = Optional.empty();
      while (matcher.find() && (found.isEmpty() || kind == Kind.REGEX_LAST)) {
        String group = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
        found = Optional.ofNullable(group);
      }
      return found;
    } catch (TooManyReads | StackOverflowError _) {
      return Optional.empty(); // the matcher recurses as deep as the text is long
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Filter filter && filter.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /// {@return as {@link #parse} reads it}
  @Override
  public String toString() {
    return kind.takesPattern ? kind.label() + ':' + pattern.pattern() : kind.label();
  }

  private static final class TooManyReads extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /// Text that can be read so often only; a matcher has no other limit.
  ///
  /// @param text the text
  /// @param left how many reads are left, shared by all parts
  private record Counted(CharSequence text, int[] left) implements CharSequence {

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (left[0]-- == 0) {
        throw new TooManyReads();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text.subSequence(start, end), left);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
