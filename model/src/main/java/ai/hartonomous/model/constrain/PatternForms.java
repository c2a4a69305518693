package ai.hartonomous.model.constrain;

import ai.hartonomous.model.constrain.Form.Repeat;
import java.util.Map;

/// Forms of JSON strings that a regular expression of JSON Schema finds something in. Where readers
/// of ECMAScript and of Java would differ, only what both take is written. Lookaround,
/// back-references, properties (`\p`) and anchors elsewhere than at the ends are refused.
final class PatternForms {

  private static final int MOST_TIMES = 1_000;
  private static final int MOST_DEPTH = 32;

  private static final CodePoints DIGITS = CodePoints.range('0', '9');
  private static final CodePoints WORDS =
      DIGITS.or(CodePoints.range('a', 'z')).or(CodePoints.range('A', 'Z')).or(CodePoints.of("_"));
  private static final CodePoints SPACES = CodePoints.of(" \t\n\u000b\f\r");
  private static final CodePoints ALL_SPACES =
      SPACES
          .or(CodePoints.of("\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u0085"))
          .or(CodePoints.range(0x2000, 0x200a));
  private static final CodePoints ANY = CodePoints.of("\n\r\u0085\u2028\u2029").negated();

  private static final Map<Character, CodePoints> CLASSES =
      Map.of(
          'd',
          DIGITS,
          'D',
          DIGITS.negated(),
          'w',
          WORDS,
          'W',
          WORDS.negated(),
          's',
          SPACES,
          'S',
          ALL_SPACES.negated());
  private static final Map<Character, Character> CONTROLS =
      Map.of('n', '\n', 'r', '\r', 't', '\t', 'f', '\f', 'v', '\u000b');

  private final Forms forms;
  private final String pattern;
  private final String place;
  private int at;
  private int depth;

  PatternForms(Forms forms, String pattern, String place) {
    this.forms = forms;
    this.pattern = pattern;
    this.place = place;
  }

  /// {@return a quoted string that fits}
  int string() throws SchemaException {
    int any =
        forms.repeat(CodePoints.range(0, Character.MAX_CODE_POINT).form(forms), 0, Repeat.EVER);
    int all = Forms.NOTHING;
    do {
      boolean begins = take('^');
      int body = sequence();
      boolean ends = take('$');
      all =
          forms.choice(
              all, forms.sequence(begins ? Forms.EMPTY : any, body, ends ? Forms.EMPTY : any));
    } while (take('|'));
    if (at < pattern.length()) {
      throw fault("'%c' at %d".formatted(pattern.charAt(at), at));
    }
    int quote = forms.literal("\"");
    return forms.sequence(quote, all, quote);
  }

  private SchemaException fault(String what) {
    return new SchemaException(
        place, "the pattern '%s' is not supported: %s".formatted(pattern, what));
  }

  private boolean take(char expected) {
    boolean there = at < pattern.length() && pattern.charAt(at) == expected;
    at += there ? 1 : 0;
    return there;
  }

  private int alternatives() throws SchemaException {
    if (++depth > MOST_DEPTH) {
      throw fault("more than %d groups inside each other".formatted(MOST_DEPTH));
    }
    int all = sequence();
    while (take('|')) {
      all = forms.choice(all, sequence());
    }
    depth--;
    return all;
  }

  private int sequence() throws SchemaException {
    int all = Forms.EMPTY;
    while (at < pattern.length() && "|)$".indexOf(pattern.charAt(at)) < 0) {
      all = forms.sequence(all, times(atom()));
    }
    return all;
  }

  private int atom() throws SchemaException {
    char next = pattern.charAt(at++);
    return switch (next) {
      case '(' -> group();
      case '[' -> set().form(forms);
      case '.' -> ANY.form(forms);
      case '\\' -> escape().form(forms);
      case '^', '*', '+', '?', '{', ']', '}' -> throw fault("'%c' at %d".formatted(next, at - 1));
      default -> CodePoints.of(Character.toString(whole(next))).form(forms);
    };
  }

  /// {@return the character that begins with this half or whole one}
  private int whole(char first) {
    if (Character.isHighSurrogate(first) && at < pattern.length()) {
      return Character.toCodePoint(first, pattern.charAt(at++));
    }
    return first;
  }

  private int group() throws SchemaException {
    if (take('?') && !take(':')) {
      throw fault("a group that begins with '(?' other than '(?:'");
    }
    int inner = alternatives();
    if (!take(')')) {
      throw fault("a group without end, or an anchor inside it");
    }
    return inner;
  }

  private int times(int item) throws SchemaException {
    int form = item;
    if (take('*')) {
      form = forms.repeat(item, 0, Repeat.EVER);
    } else if (take('+')) {
      form = forms.repeat(item, 1, Repeat.EVER);
    } else if (take('?')) {
      form = forms.optional(item);
    } else if (take('{')) {
      form = counted(item);
    } else {
      return item;
    }
    take('?'); // a lazy one finds the same texts
    return form;
  }

  private int counted(int item) throws SchemaException {
    int least = number();
    int most = least;
    if (take(',')) {
      boolean open = at < pattern.length() && pattern.charAt(at) == '}';
      most = open ? Repeat.EVER : number();
    }
    if (!take('}') || most < least) {
      throw fault("a wrong count at %d".formatted(at));
    }
    return forms.repeat(item, least, most);
  }

  private int number() throws SchemaException {
    int from = at;
    while (at < pattern.length() && Character.digit(pattern.charAt(at), 10) >= 0) {
      at++;
    }
    String digits = pattern.substring(from, at);
    if (digits.isEmpty() || digits.length() > 4 || Integer.parseInt(digits) > MOST_TIMES) {
      throw fault("counts must be 0 to %d".formatted(MOST_TIMES));
    }
    return Integer.parseInt(digits);
  }

  private CodePoints escape() throws SchemaException {
    if (at == pattern.length()) {
      throw fault("a backslash at the end");
    }
    char next = pattern.charAt(at++);
    CodePoints known = CLASSES.get(next);
    if (known != null) {
      return known;
    }
    Character control = CONTROLS.get(next);
    if (control != null) {
      return CodePoints.of(control.toString());
    }
    if (next == 'x' || next == 'u') {
      return CodePoints.range(hex(next == 'x' ? 2 : 4));
    }
    if (Character.isLetterOrDigit(next)) {
      throw fault("'\\%c'".formatted(next));
    }
    return CodePoints.of(Character.toString(whole(next)));
  }

  private int hex(int size) throws SchemaException {
    int value = 0;
    for (int i = 0; i < size; i++) {
      int digit = at < pattern.length() ? Character.digit(pattern.charAt(at++), 16) : -1;
      if (digit < 0) {
        throw fault("a wrong code at %d".formatted(at));
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private CodePoints set() throws SchemaException {
    boolean negated = take('^');
    CodePoints all = CodePoints.of("");
    while (!take(']')) {
      CodePoints first = member();
      boolean range =
          at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']';
      Integer low = range ? first.only() : null;
      if (low != null) {
        at++;
        Integer high = member().only();
        if (high == null || high < low) {
          throw fault("a wrong range at %d".formatted(at));
        }
        first = CodePoints.range(low, high);
      }
      all = all.or(first);
    }
    return negated ? all.negated() : all;
  }

  private CodePoints member() throws SchemaException {
    if (at == pattern.length()) {
      throw fault("a set without end");
    }
    char next = pattern.charAt(at++);
    if (next == '\\') {
      return escape();
    }
    if (next == '[' || (next == '&' && at < pattern.length() && pattern.charAt(at) == '&')) {
      throw fault("'%c' in a set at %d, which readers take differently".formatted(next, at - 1));
    }
    return CodePoints.of(Character.toString(whole(next)));
  }
}
