package ai.hartonomous.distill.pack;

import java.util.Arrays;
import java.util.BitSet;

/// Sets of numbers in short: `0-15,32-47,60`.
final class Ranges {

  private Ranges() {}

  /// {@return the numbers of a set, ascending}
  ///
  /// @param text as {@link #of} writes it
  /// @param below all numbers are below this
  /// @throws IllegalArgumentException if it is no such text
  static int[] parse(String text, int below) {
    BitSet set = new BitSet();
    for (String range : text.split(",", -1)) {
      String[] ends = range.split("-", -1);
      int from = Integer.parseInt(ends[0]);
      int to = Integer.parseInt(ends[ends.length - 1]);
      if (ends.length > 2 || from < 0 || to < from || to >= below) {
        throw new IllegalArgumentException("range " + range);
      }
      set.set(from, to + 1);
    }
    return set.stream().toArray();
  }

  /// {@return the set of `numbers`, ascending}
  static String of(int[] numbers) {
    int[] sorted = Arrays.stream(numbers).sorted().distinct().toArray();
    var text = new StringBuilder();
    for (int from = 0; from < sorted.length; ) {
      int to = from;
      while (to + 1 < sorted.length && sorted[to + 1] == sorted[to] + 1) {
        to++;
      }
      text.append(text.isEmpty() ? "" : ",").append(sorted[from]);
      if (to > from) {
        text.append('-').append(sorted[to]);
      }
      from = to + 1;
    }
    return text.toString();
  }
}
