package ai.hartonomous.model.constrain;

import ai.hartonomous.model.constrain.Form.Repeat;

/// Forms of JSON without a schema. Between parts at most one space is written; numbers have as many
/// digits as every reader keeps; free values are nested to a depth that every reader takes. Source:
/// RFC 8259.
final class JsonForms {

  /// Digits before and after the point: more would not survive a double.
  static final int DIGITS = 15;

  private static final int DEPTH = 16;

  private final Forms forms;
  private final int space;
  private final int character;
  private final int[] values = new int[DEPTH + 1]; // by how many levels may still follow

  JsonForms(Forms forms) {
    this.forms = forms;
    space = forms.optional(forms.literal(" "));
    character = stringCharacter();
    values[0] = scalar();
    for (int levels = 1; levels <= DEPTH; levels++) {
      int inner = rule(values[levels - 1]);
      values[levels] = forms.choice(scalar(), array(inner), object(inner));
    }
  }

  private int rule(int form) {
    int rule = forms.newRule();
    forms.define(rule, form);
    return forms.named(rule);
  }

  private int stringCharacter() {
    ByteSet plain = ByteSet.range(0x20, 0x7E).without(ByteSet.of("\"\\"));
    ByteSet hex = ByteSet.of("0123456789abcdefABCDEF");
    int digit = forms.oneOf(hex);
    ByteSet first = hex.without(ByteSet.of("dD")); // halves of pairs are written as UTF-8 instead
    int code =
        forms.choice(
            forms.sequence(forms.oneOf(first), digit),
            forms.sequence(forms.oneOf("dD"), forms.oneOf("01234567")));
    int escape =
        forms.sequence(
            forms.literal("\\"),
            forms.choice(
                forms.oneOf("\"\\/bfnrt"), forms.sequence(forms.literal("u"), code, digit, digit)));
    return forms.choice(forms.oneOf(plain), new TextForms(forms).beyondAscii(), escape);
  }

  int space() {
    return space;
  }

  /// {@return what stands between two items}
  int comma() {
    return forms.sequence(forms.literal(","), space);
  }

  /// {@return a text of so many characters}
  ///
  /// @param most how many at most, or {@link Repeat#EVER}
  int string(int least, int most) {
    int quote = forms.literal("\"");
    return forms.sequence(quote, forms.repeat(character, least, most), quote);
  }

  int bool() {
    return forms.choice(forms.literal("true"), forms.literal("false"));
  }

  int integer() {
    int digits = forms.repeat(forms.oneOf("0123456789"), 0, DIGITS - 1);
    int natural = forms.sequence(forms.oneOf("123456789"), digits);
    return forms.choice(forms.literal("0"), natural, forms.sequence(forms.literal("-"), natural));
  }

  int number() {
    int digit = forms.oneOf("0123456789");
    int natural =
        forms.choice(
            forms.literal("0"),
            forms.sequence(forms.oneOf("123456789"), forms.repeat(digit, 0, DIGITS - 1)));
    int exponent =
        forms.sequence(
            forms.oneOf("eE"), forms.optional(forms.oneOf("+-")), forms.repeat(digit, 1, 2));
    return forms.sequence(
        forms.optional(forms.literal("-")),
        natural,
        forms.optional(fraction()),
        forms.optional(exponent));
  }

  /// {@return a point and what stands after it}
  int fraction() {
    return forms.sequence(forms.literal("."), forms.repeat(forms.oneOf("0123456789"), 1, DIGITS));
  }

  private int scalar() {
    return forms.choice(string(0, Repeat.EVER), number(), bool(), forms.literal("null"));
  }

  /// {@return any value}
  int value() {
    return values[DEPTH];
  }

  /// {@return any object}
  int object() {
    return object(rule(values[DEPTH - 1]));
  }

  /// {@return any array of such items}
  private int array(int item) {
    return array(item, 0, Repeat.EVER);
  }

  /// {@return an array of so many items}
  ///
  /// @param most how many at most, or {@link Repeat#EVER}
  int array(int item, int least, int most) {
    return forms.sequence(forms.literal("["), list(item, least, most), forms.literal("]"));
  }

  /// {@return any object with such values}
  int object(int value) {
    int member = forms.sequence(string(0, Repeat.EVER), forms.literal(":"), space, value);
    return forms.sequence(forms.literal("{"), list(member, 0, Repeat.EVER), forms.literal("}"));
  }

  private int list(int item, int least, int most) {
    if (most == 0) {
      return least == 0 ? Forms.EMPTY : Forms.NOTHING;
    }
    int more = forms.sequence(comma(), item);
    int rest = forms.repeat(more, Math.max(0, least - 1), most == Repeat.EVER ? most : most - 1);
    int some = forms.sequence(item, rest);
    return least == 0 ? forms.optional(some) : some;
  }
}
