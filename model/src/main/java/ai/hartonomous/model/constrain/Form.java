package ai.hartonomous.model.constrain;

import java.util.List;

/// What may still be written, as an expression over bytes. Parts are ids in {@link Forms}, so that
/// equal forms have equal ids.
sealed interface Form {

  /// No text at all.
  record Nothing() implements Form {}

  /// The empty text.
  record Empty() implements Form {}

  /// One byte.
  ///
  /// @param bytes any of these
  record OneOf(ByteSet bytes) implements Form {}

  /// The rest of a fixed text.
  ///
  /// @param text the whole
  /// @param at bytes of it that were written
  record Literal(Spelled text, int at) implements Form {}

  /// One after the other.
  ///
  /// @param first is no sequence itself
  /// @param then the rest
  record Sequence(int first, int then) implements Form {}

  /// Any of several.
  ///
  /// @param parts at least two, ascending, no choices themselves
  record Choice(List<Integer> parts) implements Form {

    public Choice {
      parts = List.copyOf(parts);
    }
  }

  /// Several times.
  ///
  /// @param item what is repeated
  /// @param least how often at least
  /// @param most how often at most, or {@link #EVER}
  record Repeat(int item, int least, int most) implements Form {

    /// Without an upper limit.
    static final int EVER = Integer.MAX_VALUE;
  }

  /// What a rule says; rules may contain themselves.
  ///
  /// @param rule its number
  record Named(int rule) implements Form {}

  /// A fixed text with the price of each of its ends.
  ///
  /// @param bytes UTF-8
  /// @param tokens fewest tokens that spell the bytes from each place to the end, or {@link
  ///   Forms#NEVER}
  @SuppressWarnings("ArrayRecordComponent") // compared by identity: there is one for each text
  record Spelled(byte[] bytes, int[] tokens) {

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
