package ai.hartonomous.distill.pack;

import java.util.Arrays;

/// Sets of numbers in short: `0-15,32-47,60`.
final class Ranges {

  private Ranges() {}

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
