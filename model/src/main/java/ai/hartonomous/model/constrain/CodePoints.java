package ai.hartonomous.model.constrain;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// A set of Unicode characters, and the form of one of them inside a JSON string.
///
/// @param set code points; halves of surrogate pairs are never written
record CodePoints(BitSet set) {

  private static final int END = Character.MAX_CODE_POINT + 1;
  private static final String ESCAPED = "\"\\\b\f\n\r\t";
  private static final String ESCAPES = "\"\\bfnrt";

  static CodePoints range(int from, int to) {
    BitSet set = new BitSet();
    set.set(from, to + 1);
    return new CodePoints(set);
  }

  static CodePoints range(int only) {
    return range(only, only);
  }

  /// {@return the only character, or null if there are more or none}
  @Nullable Integer only() {
    return set.cardinality() == 1 ? (Integer) set.nextSetBit(0) : null;
  }

  static CodePoints of(String characters) {
    BitSet set = new BitSet();
    characters.codePoints().forEach(set::set);
    return new CodePoints(set);
  }

  CodePoints or(CodePoints other) {
    BitSet both = (BitSet) set.clone();
    both.or(other.set);
    return new CodePoints(both);
  }

  CodePoints negated() {
    BitSet others = (BitSet) set.clone();
    others.flip(0, END);
    return new CodePoints(others);
  }

  /// {@return one of these as a JSON string holds it: quotes, backslashes and control characters
  /// escaped, all others as UTF-8}
  int form(Forms forms) {
    int all = Forms.NOTHING;
    ByteSet plain = ByteSet.NONE;
    for (int point = set.nextSetBit(0); point >= 0 && point < 0x80; point = next(point)) {
      int escape = ESCAPED.indexOf(point);
      if (escape >= 0) {
        all = forms.choice(all, forms.literal("\\" + ESCAPES.charAt(escape)));
      } else if (point < 0x20) {
        all = forms.choice(all, forms.literal("\\u%04x".formatted(point)));
      } else {
        plain = plain.or(ByteSet.range(point, point));
      }
    }
    all = forms.choice(all, forms.oneOf(plain));
    for (int from = set.nextSetBit(0x80); from >= 0; ) {
      int to = set.nextClearBit(from);
      all = forms.choice(all, beyondAscii(forms, from, to - 1));
      from = set.nextSetBit(to);
    }
    return all;
  }

  private int next(int point) {
    return set.nextSetBit(point + 1);
  }

  /// {@return characters of a range, split where their UTF-8 grows and around the surrogates}
  private static int beyondAscii(Forms forms, int from, int to) {
    int all = Forms.NOTHING;
    int[][] parts = {{0x80, 0x7FF}, {0x800, 0xD7FF}, {0xE000, 0xFFFF}, {0x10000, END - 1}};
    for (int[] part : parts) {
      int low = Math.max(from, part[0]);
      int high = Math.min(to, part[1]);
      if (low <= high) {
        all = forms.choice(all, between(forms, utf8(low), utf8(high), 0));
      }
    }
    return all;
  }

  private static int[] utf8(int point) {
    byte[] bytes = Character.toString(point).getBytes(StandardCharsets.UTF_8);
    int[] values = new int[bytes.length];
    Arrays.setAll(values, i -> bytes[i] & 0xFF);
    return values;
  }

  private static int between(Forms forms, int[] low, int[] high, int at) {
    if (at == low.length) {
      return Forms.EMPTY;
    }
    int rest = at + 1;
    if (low[at] == high[at]) {
      return forms.sequence(one(forms, low[at], low[at]), between(forms, low, high, rest));
    }
    int[] top = low.clone();
    Arrays.fill(top, rest, top.length, 0xBF);
    int[] bottom = high.clone();
    Arrays.fill(bottom, rest, bottom.length, 0x80);
    int tails = forms.repeat(one(forms, 0x80, 0xBF), low.length - rest, low.length - rest);
    return forms.choice(
        forms.sequence(one(forms, low[at], low[at]), between(forms, low, top, rest)),
        forms.sequence(one(forms, low[at] + 1, high[at] - 1), tails),
        forms.sequence(one(forms, high[at], high[at]), between(forms, bottom, high, rest)));
  }

  private static int one(Forms forms, int low, int high) {
    return forms.oneOf(low > high ? ByteSet.NONE : ByteSet.range(low, high));
  }
}
