package ai.hartonomous.distill.capability;

import ai.hartonomous.model.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// Turns texts into tokens to measure, as EleutherAI's lm-evaluation-harness does (`_encode_pair`,
/// `get_rolling_token_windows`), so that figures can be compared:
/// - Prompt and continuation are encoded together, for a token may reach over their boundary; the
///   first tokens, as many as the prompt has alone, are the prompt.
/// - Blanks at the end of the prompt count as the beginning of the continuation.
/// - Without a prompt, the begin token stands in its place, or the end token where there is none.
///
/// Departures: a tokenizer with neither has the first token unmeasured; a sequence longer than the
/// model's context is refused and not cut; and so is a text that the tokenizer cannot express.
final class ContinuationEncoder {
  private static final Pattern BLANKS = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private final Tokenizer tokenizer;
  private final int context;

  /// @param context longest sequence the model reads, in tokens
  ContinuationEncoder(Tokenizer tokenizer, int context) {
    this.tokenizer = tokenizer;
    this.context = context;
  }

  /// {@return a continuation of a prompt}
  ///
  /// @param prompt text before it; may be empty
  /// @param text the continuation
  /// @param item name of the item, for messages
  /// @throws SuiteException if it does not fit the tokenizer or the context
  Continuation encode(String prompt, String text, String item) throws SuiteException {
    String before = prompt.stripTrailing();
    String after = prompt.substring(before.length()) + text;
    if (before.isEmpty()) {
      return fitting(unprompted(after, item), item);
    }
    int[] whole = tokens(before + after, item, Ends.PROMPT);
    int from = tokens(before, item, Ends.PROMPT).length;
    if (from < 1 || from >= whole.length) {
      throw new SuiteException(
          "item \"%s\": expected a continuation of at least one token, found none in %d"
              .formatted(item, whole.length));
    }
    return fitting(new Continuation(whole, from), item);
  }

  private Continuation unprompted(String text, String item) throws SuiteException {
    int[] ids = tokens(text, item, Ends.NONE);
    OptionalInt prefix = prefix();
    boolean given = prefix.isEmpty() || (ids.length > 0 && ids[0] == prefix.getAsInt());
    int[] all = given ? ids : prepended(prefix.getAsInt(), ids);
    if (all.length < 2) {
      throw new SuiteException(
          "item \"%s\": expected a text of at least two tokens, found %d"
              .formatted(item, ids.length));
    }
    return new Continuation(all, 1);
  }

  private Continuation fitting(Continuation continuation, String item) throws SuiteException {
    if (continuation.ids().length - 1 > context) {
      throw new SuiteException(
          "item \"%s\": expected at most the model's context of %d tokens, found %d"
              .formatted(item, context, continuation.ids().length - 1));
    }
    return continuation;
  }

  private OptionalInt prefix() {
    return tokenizer.beginId().isPresent() ? tokenizer.beginId() : tokenizer.endId();
  }

  private static int[] prepended(int first, int[] ids) {
    int[] all = new int[ids.length + 1];
    all[0] = first;
    System.arraycopy(ids, 0, all, 1, ids.length);
    return all;
  }

  /// A text as windows that fit the context, and what of it they measure.
  ///
  /// @param windows every measured token is in exactly one, with as much before it as fits
  /// @param words number of words: pieces between blanks, as Python's `re.split(r"\s+", text)`
  /// @param bytes length in UTF-8
  record Windows(List<Continuation> windows, int words, int bytes) {}

  /// {@return all of a text}
  ///
  /// @param text any text
  /// @param item name of the item, for messages
  /// @throws SuiteException if it does not fit the tokenizer
  Windows windows(String text, String item) throws SuiteException {
    Continuation whole = unprompted(text, item);
    String measured = text;
    if (prefix().isEmpty()) {
      String first = tokenizer.decode(new int[] {whole.ids()[0]});
      measured = text.startsWith(first) ? text.substring(first.length()) : text;
    }
    List<Continuation> windows = new ArrayList<>();
    int count = whole.ids().length;
    for (int from = 1; from < count; ) {
      int to = Math.min(count, from + context);
      int begin = Math.max(0, to - 1 - context);
      windows.add(new Continuation(Arrays.copyOfRange(whole.ids(), begin, to), from - begin));
      from = to;
    }
    return new Windows(
        windows,
        BLANKS.split(measured, -1).length,
        measured.getBytes(StandardCharsets.UTF_8).length);
  }

  private enum Ends {
    PROMPT,
    NONE
  }

  private int[] tokens(String text, String item, Ends ends) throws SuiteException {
    String back;
    int[] ids;
    try {
      ids = ends == Ends.PROMPT ? tokenizer.encodePrompt(text) : tokenizer.encode(text);
      back = tokenizer.decode(ids);
    } catch (IllegalArgumentException e) {
      throw new SuiteException(
          "item \"%s\": the model's tokenizer cannot express it: %s"
              .formatted(item, e.getMessage()));
    }
    if (!squeezed(back).equals(squeezed(text))) {
      throw new SuiteException(
          "item \"%s\": the model's tokenizer cannot express it: \"%s\" reads back as \"%s\""
              .formatted(item, cut(text), cut(back)));
    }
    return ids;
  }

  private static String squeezed(String text) {
    return BLANKS.matcher(text).replaceAll("");
  }

  private static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}
