package ai.hartonomous.model.constrain;

import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.IntStream;

/// The bytes of all tokens of a model, sorted, so that tokens that begin alike are looked at
/// together. Nothing in it changes; any number of threads may use it.
public final class Vocabulary {

  private final byte[][] bytes; // of each token, in the order of the bytes
  private final int[] ids;
  private final int[] places; // of each id in that order, or -1
  private final int[] common; // leading bytes that a token shares with the one before it
  private final int longest;
  private final ByteSet singles;
  private final BitSet ends = new BitSet();

  /// Reads all tokens. Those that add nothing to a text are left out.
  ///
  /// @param tokenizer the vocabulary
  /// @param choices number of tokens the model chooses from; those beyond are left out
  /// @param ends ids that end a text
  public Vocabulary(Tokenizer tokenizer, int choices, Set<Integer> ends) {
    int count = Math.min(choices, tokenizer.vocabularySize());
    byte[][] all = IntStream.range(0, count).mapToObj(tokenizer::bytes).toArray(byte[][]::new);
    ids =
        IntStream.range(0, count)
            .filter(id -> all[id].length > 0 && !ends.contains(id))
            .boxed()
            .sorted(Comparator.comparing(id -> all[id], Arrays::compareUnsigned))
            .mapToInt(Integer::intValue)
            .toArray();
    bytes = IntStream.of(ids).mapToObj(id -> all[id]).toArray(byte[][]::new);
    places = new int[count];
    Arrays.fill(places, -1);
    common = new int[ids.length];
    ByteSet single = ByteSet.NONE;
    int most = 0;
    for (int i = 0; i < ids.length; i++) {
      int same = i == 0 ? 0 : Arrays.mismatch(bytes[i - 1], bytes[i]);
      common[i] = same < 0 ? bytes[i].length : same;
      places[ids[i]] = i;
      most = Math.max(most, bytes[i].length);
      if (bytes[i].length == 1) {
        single = single.or(ByteSet.range(bytes[i][0] & 0xFF, bytes[i][0] & 0xFF));
      }
    }
    longest = most;
    singles = single;
    ends.stream().filter(id -> id < count).forEach(this.ends::set);
  }

  /// {@return bytes that are tokens by themselves}
  ByteSet singles() {
    return singles;
  }

  /// {@return ids that end a text}
  BitSet ends() {
    return ends;
  }

  /// {@return bytes of a set of tokens}
  int maskBytes() {
    return places.length / 8 + 1;
  }

  /// {@return fewest tokens that spell a text from each place to its end, or {@link Forms#NEVER}}
  int[] fewest(byte[] text) {
    int[] fewest = new int[text.length + 1];
    for (int at = text.length - 1; at >= 0; at--) {
      fewest[at] = Forms.NEVER;
      for (int size = 1; size <= Math.min(longest, text.length - at); size++) {
        boolean better = fewest[at + size] + 1 < fewest[at];
        if (better && isToken(Arrays.copyOfRange(text, at, at + size))) {
          fewest[at] = fewest[at + size] + 1;
        }
      }
    }
    return fewest;
  }

  private boolean isToken(byte[] text) {
    return Arrays.binarySearch(bytes, text, Arrays::compareUnsigned) >= 0;
  }

  /// Tokens that may come next.
  ///
  /// @param allowed their ids
  /// @param farthest the greatest cost after one of them
  record Mask(BitSet allowed, int farthest) {}

  /// {@return the tokens that may come next}
  ///
  /// @param forms the grammar
  /// @param state what may be written
  /// @param most greatest cost after the token
  Mask mask(Forms forms, int state, int most) {
    BitSet allowed = new BitSet(places.length);
    int farthest = 0;
    int[] path = new int[longest + 1]; // the state after each byte of the token
    path[0] = state;
    int dead = Integer.MAX_VALUE; // with so many bytes like the last token nothing can follow
    for (int i = 0; i < ids.length; i++) {
      if (common[i] >= dead) {
        continue;
      }
      byte[] token = bytes[i];
      dead = walk(forms, path, token, common[i]);
      int cost = dead <= token.length ? Forms.NEVER : forms.cost(path[token.length]);
      if (cost <= most && cost < Forms.NEVER) {
        allowed.set(ids[i]);
        farthest = Math.max(farthest, cost);
      }
    }
    if (forms.cost(state) == 0) {
      allowed.or(ends);
    }
    return new Mask(allowed, farthest);
  }

  /// {@return after how many bytes nothing can follow, or the greatest number}
  private static int walk(Forms forms, int[] path, byte[] token, int from) {
    for (int at = from; at < token.length; at++) {
      path[at + 1] = forms.step(path[at], token[at] & 0xFF);
      if (path[at + 1] == Forms.NOTHING) {
        return at + 1;
      }
    }
    return Integer.MAX_VALUE;
  }

  /// {@return the state after a token, or {@link Forms#NOTHING}}
  int after(Forms forms, int state, byte[] token) {
    int next = state;
    for (int at = 0; at < token.length && next != Forms.NOTHING; at++) {
      next = forms.step(next, token[at] & 0xFF);
    }
    return next;
  }

  /// {@return the bytes of a token, none if it may never be chosen}
  byte[] bytes(int id) {
    return places[id] < 0 ? new byte[0] : bytes[places[id]];
  }
}
