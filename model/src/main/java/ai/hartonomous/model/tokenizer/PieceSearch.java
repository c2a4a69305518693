package ai.hartonomous.model.tokenizer;

import java.util.Arrays;
import java.util.Collection;

/// Finds the pieces that begin at a place of a text: a sorted list whose matching range narrows
/// with every character read.
final class PieceSearch {

  private static final int[] NONE = new int[0];

  private final String[] sorted;

  /// Prepares a set of pieces.
  ///
  /// @param pieces texts; empty ones are ignored
  PieceSearch(Collection<String> pieces) {
    sorted =
        pieces.stream()
            .filter(piece -> !piece.isEmpty())
            .distinct()
            .sorted()
            .toArray(String[]::new);
  }

  /// {@return length of the longest piece that begins at `at`, or 0}
  ///
  /// @param text any text
  /// @param at place in it
  int longest(String text, int at) {
    int[] lengths = lengths(text, at);
    return lengths.length == 0 ? 0 : lengths[lengths.length - 1];
  }

  /// {@return lengths of all pieces that begin at `at`, shortest first}
  ///
  /// @param text any text
  /// @param at place in it
  int[] lengths(String text, int at) {
    int low = 0;
    int high = sorted.length;
    int[] found = NONE;
    for (int depth = 0; at + depth < text.length() && low < high; depth++) {
      char wanted = text.charAt(at + depth);
      low = first(low, high, depth, wanted);
      high = first(low, high, depth, wanted + 1);
      if (low < high && sorted[low].length() == depth + 1) {
        found = Arrays.copyOf(found, found.length + 1);
        found[found.length - 1] = depth + 1;
      }
    }
    return found;
  }

  /// {@return first index in the range whose character at `depth` is not below `wanted`}
  private int first(int from, int to, int depth, int wanted) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int character = sorted[middle].length() > depth ? sorted[middle].charAt(depth) : -1;
      if (character < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
