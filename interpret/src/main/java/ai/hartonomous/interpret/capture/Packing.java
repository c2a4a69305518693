package ai.hartonomous.interpret.capture;

import ai.hartonomous.model.tokenizer.Tokenizer;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/// How documents become sequences, and which of their tokens count: in training, in every metric,
/// and as what a model has to predict.
///
/// @param form whether documents share sequences
/// @param length longest sequence, `T`, at least 2
/// @param begin put before every document, if present; it does not count
/// @param end put after every document, if present; it does not count
/// @param leading positions at the start of every sequence that do not count: massive activations
///   stand there whatever the token is
/// @param uncounted ids that count nowhere, besides `begin` and `end`
public record Packing(
    Form form,
    int length,
    OptionalInt begin,
    OptionalInt end,
    int leading,
    Set<Integer> uncounted) {

  /// Whether documents share sequences.
  public enum Form {
    /// Documents stand one after the other and are cut into sequences of equal length; the last
    /// tokens that fill none are left out. Attention sees what stands before in the sequence, even
    /// of another document.
    PACKED,
    /// No sequence has tokens of two documents. A longer document is cut, and `begin` stands before
    /// every part; a shorter one makes a shorter sequence.
    SEPARATED
  }

  /// Copies the set.
  ///
  /// @throws IllegalArgumentException if no token could count
  public Packing {
    uncounted = Set.copyOf(uncounted);
    if (length < 2 || leading < 0 || leading >= length) {
      throw new IllegalArgumentException(
          "sequences of %d with %d uncounted positions".formatted(length, leading));
    }
  }

  /// {@return documents apart, each after the vocabulary's begin token where the model expects it}
  ///
  /// @param length longest sequence
  /// @param tokenizer the vocabulary
  public static Packing separated(int length, Tokenizer tokenizer) {
    OptionalInt begin = tokenizer.addsBegin() ? tokenizer.beginId() : OptionalInt.empty();
    return new Packing(Form.SEPARATED, length, begin, OptionalInt.empty(), 1, Set.of());
  }

  /// {@return documents in a row, kept apart by the begin token where the model expects it, else by
  /// the end token}
  ///
  /// @param length length of the sequences
  /// @param tokenizer the vocabulary
  public static Packing packed(int length, Tokenizer tokenizer) {
    OptionalInt begin = tokenizer.addsBegin() ? tokenizer.beginId() : OptionalInt.empty();
    OptionalInt end = begin.isPresent() ? OptionalInt.empty() : tokenizer.endId();
    return new Packing(Form.PACKED, length, begin, end, 1, Set.of());
  }

  /// {@return the same, with other positions at the start that do not count}
  ///
  /// @param positions how many
  public Packing withLeading(int positions) {
    return new Packing(form, length, begin, end, positions, uncounted);
  }

  /// {@return whether a token counts}
  ///
  /// @param id its id
  /// @param position its place in the sequence, from 0
  boolean counts(int id, int position) {
    boolean special =
        (begin.isPresent() && begin.getAsInt() == id) || (end.isPresent() && end.getAsInt() == id);
    return position >= leading && !special && !uncounted.contains(id);
  }

  /// {@return the same for the same packing, different for others}
  String text() {
    return "%s %d begin %s end %s leading %d uncounted %s"
        .formatted(
            form, length, text(begin), text(end), leading, new TreeSet<>(uncounted).toString());
  }

  private static String text(OptionalInt id) {
    return id.isPresent() ? Integer.toString(id.getAsInt()) : "none";
  }
}
