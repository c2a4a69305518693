package ai.hartonomous.model.constrain;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Forms of numbers between bounds.
final class Numbers {

  private static final long GREATEST = 999_999_999_999_999L; // JsonForms.DIGITS digits

  private final Forms forms;
  private final JsonForms json;

  Numbers(Forms forms, JsonForms json) {
    this.forms = forms;
    this.json = json;
  }

  /// {@return whether a value is no number that its reader found too large}
  static boolean isFinite(JsonNode value) {
    return !value.isDouble() || Double.isFinite(value.doubleValue());
  }

  /// A range of numbers.
  ///
  /// @param least the lower bound, or null
  /// @param above whether the lower bound itself is outside
  /// @param most the upper bound, or null
  /// @param below whether the upper bound itself is outside
  record Range(
      @Nullable BigDecimal least, boolean above, @Nullable BigDecimal most, boolean below) {

    /// {@return the range that a schema sets}
    static Range of(JsonNode schema, String place) throws SchemaException {
      BigDecimal least = bound(schema, "minimum", place);
      BigDecimal over = bound(schema, "exclusiveMinimum", place);
      BigDecimal most = bound(schema, "maximum", place);
      BigDecimal under = bound(schema, "exclusiveMaximum", place);
      boolean above = over != null && (least == null || over.compareTo(least) >= 0);
      boolean below = under != null && (most == null || under.compareTo(most) <= 0);
      return new Range(above ? over : least, above, below ? under : most, below);
    }

    private static @Nullable BigDecimal bound(JsonNode schema, String keyword, String place)
        throws SchemaException {
      JsonNode value = schema.get(keyword);
      if (value == null) {
        return null;
      }
      if (!value.isNumber() || !isFinite(value)) {
        throw new SchemaException(place, keyword + " must be a number of a double's size");
      }
      return value.decimalValue();
    }

    boolean isOpen() {
      return least == null && most == null;
    }

    /// {@return the least whole number inside}
    long low() {
      if (least == null) {
        return -GREATEST;
      }
      BigDecimal low = least.setScale(0, RoundingMode.CEILING);
      return clamp(above && low.compareTo(least) == 0 ? low.add(BigDecimal.ONE) : low);
    }

    /// {@return the greatest whole number inside}
    long high() {
      if (most == null) {
        return GREATEST;
      }
      BigDecimal high = most.setScale(0, RoundingMode.FLOOR);
      return clamp(below && high.compareTo(most) == 0 ? high.subtract(BigDecimal.ONE) : high);
    }

    /// Beyond the numbers that are written, nothing is inside.
    private static long clamp(BigDecimal bound) {
      BigDecimal edge = BigDecimal.valueOf(GREATEST + 1);
      return bound.min(edge).max(edge.negate()).longValueExact();
    }

    /// {@return the range of the same numbers with the other sign}
    Range negated() {
      BigDecimal low = most == null ? null : most.negate();
      BigDecimal high = least == null ? null : least.negate();
      return new Range(low, /* above= */ below, high, /* below= */ above);
    }
  }

  /// {@return whole numbers in a range, or {@link Forms#NOTHING}}
  int integer(Range range) {
    if (range.isOpen()) {
      return json.integer();
    }
    long low = Math.max(range.low(), -GREATEST);
    long high = Math.min(range.high(), GREATEST);
    int positive = naturals(Math.max(low, 0), high);
    int negative = naturals(Math.max(-high, 1), -low);
    return forms.choice(positive, forms.sequence(forms.literal("-"), negative));
  }

  /// {@return numbers in a range, or {@link Forms#NOTHING}: all whole ones, and those between two
  /// neighbours that are both inside or just outside}
  int number(Range range) {
    if (range.isOpen()) {
      return json.number();
    }
    int negative = broken(range.negated());
    return forms.choice(
        integer(range), broken(range), forms.sequence(forms.literal("-"), negative));
  }

  /// {@return numbers above 0 in a range that have digits other than 0 after the point}
  private int broken(Range range) {
    // Between n and n + 1: n may be an excluded bound itself, and so may n + 1.
    BigDecimal least = range.least();
    BigDecimal most = range.most();
    BigDecimal low = least == null ? BigDecimal.ZERO : least.setScale(0, RoundingMode.CEILING);
    BigDecimal high =
        most == null
            ? BigDecimal.valueOf(GREATEST)
            : most.setScale(0, RoundingMode.FLOOR).subtract(BigDecimal.ONE);
    long from = Math.max(0, Range.clamp(low));
    long to = Math.min(GREATEST, Range.clamp(high));
    int zeros = forms.repeat(forms.oneOf("0123456789"), 0, JsonForms.DIGITS - 1);
    return forms.sequence(naturals(from, to), forms.literal("."), zeros, forms.oneOf("123456789"));
  }

  /// {@return the natural numbers from one to another, both included}
  private int naturals(long from, long to) {
    int all = Forms.NOTHING;
    for (long low = from; low <= to; ) {
      String first = Long.toString(low);
      long longest = Long.parseLong("9".repeat(first.length()));
      String last = Long.toString(Math.min(longest, to));
      all = forms.choice(all, digits(first, last, 0));
      low = longest + 1;
    }
    return all;
  }

  /// {@return numbers between two of equal length, from one place on}
  private int digits(String first, String last, int at) {
    if (at == first.length()) {
      return Forms.EMPTY;
    }
    int low = first.charAt(at);
    int high = last.charAt(at);
    if (low == high) {
      return forms.sequence(one(low, low), digits(first, last, at + 1));
    }
    int left = first.length() - at - 1;
    int rest = forms.repeat(one('0', '9'), left, left);
    return forms.choice(
        forms.sequence(
            one(low, low), digits(first, first.substring(0, at + 1) + "9".repeat(left), at + 1)),
        forms.sequence(one(low + 1, high - 1), rest),
        forms.sequence(
            one(high, high), digits(last.substring(0, at + 1) + "0".repeat(left), last, at + 1)));
  }

  private int one(int low, int high) {
    return forms.oneOf(low > high ? ByteSet.NONE : ByteSet.range(low, high));
  }
}
