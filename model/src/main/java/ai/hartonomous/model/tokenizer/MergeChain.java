package ai.hartonomous.model.tokenizer;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.function.IntUnaryOperator;

/// The symbols of one text while neighbours are joined, the best-scored two first and the leftmost
/// of equals. Takes `n log n` steps for `n` symbols. Source: Sennrich, Haddow and Birch, "Neural
/// Machine Translation of Rare Words with Subword Units", 2016, arXiv:1508.07909, algorithm 1.
final class MergeChain {

  /// Score of a join that may not be made.
  static final double NONE = Double.NaN;

  /// Decides which neighbours may be joined.
  @FunctionalInterface
  interface Rule {

    /// {@return how much joining the text of the two is wanted, or {@link #NONE}}
    ///
    /// @param left symbol
    /// @param right its neighbour
    double score(String left, String right);
  }

  private final String text;
  private final Rule rule;
  private final int[] start;
  private final int[] end;
  private final int[] previous;
  private final int[] next;
  private final boolean[] frozen;
  private final PriorityQueue<Join> joins = new PriorityQueue<>();

  /// Two neighbours that could be joined.
  private record Join(double score, int left, int right, int end) implements Comparable<Join> {

    @Override
    public int compareTo(Join other) {
      int byScore = Double.compare(other.score, score);
      return byScore != 0 ? byScore : Integer.compare(left, other.left);
    }
  }

  /// Cuts a text into characters.
  ///
  /// @param text not empty
  /// @param whole gives the length of the unbreakable symbol that begins at a place, or 0
  /// @param rule which neighbours may be joined
  MergeChain(String text, IntUnaryOperator whole, Rule rule) {
    this.text = text;
    this.rule = rule;
    int[] starts = new int[text.length()];
    frozen = new boolean[text.length()];
    int count = 0;
    for (int at = 0; at < text.length(); count++) {
      int found = whole.applyAsInt(at);
      starts[count] = at;
      frozen[count] = found > 0;
      at += found > 0 ? found : Character.charCount(text.codePointAt(at));
    }
    start = Arrays.copyOf(starts, count);
    end = new int[count];
    previous = new int[count];
    next = new int[count];
    for (int i = 0; i < count; i++) {
      end[i] = i + 1 < count ? start[i + 1] : text.length();
      previous[i] = i - 1;
      next[i] = i + 1 < count ? i + 1 : -1;
    }
  }

  /// Receives the symbols that are left.
  interface Symbols {

    /// Receives one symbol.
    ///
    /// @param from where it begins in the text
    /// @param to where it ends
    void accept(int from, int to);
  }

  /// Joins until no neighbours may be joined, and gives the symbols out, left to right.
  void join(Symbols symbols) {
    for (int at = 0; at >= 0; at = next[at]) {
      offer(at, next[at]);
    }
    for (Join best = joins.poll(); best != null; best = joins.poll()) {
      if (next[best.left] == best.right && end[best.right] == best.end) {
        join(best.left, best.right);
      }
    }
    for (int at = 0; at >= 0; at = next[at]) {
      symbols.accept(start[at], end[at]);
    }
  }

  /// The joined symbol lives on in its left half.
  private void join(int left, int right) {
    end[left] = end[right];
    next[left] = next[right];
    if (next[left] >= 0) {
      previous[next[left]] = left;
    }
    next[right] = right; // its own neighbour: no waiting join fits it any more
    offer(previous[left], left);
    offer(left, next[left]);
  }

  private void offer(int left, int right) {
    if (left < 0 || right < 0 || frozen[left] || frozen[right]) {
      return;
    }
    double score =
        rule.score(
            text.substring(start[left], end[left]), text.substring(start[right], end[right]));
    if (!Double.isNaN(score)) {
      joins.add(new Join(score, left, right, end[right]));
    }
  }
}
