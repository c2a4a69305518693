package ai.hartonomous.distill.capability;

import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Batch;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Exact match by greedy decoding: the model continues the prompt with its most likely token again
/// and again, up to its end token or a line break; the answer is right if that text, without blanks
/// around it, is the expected one.
///
/// Most answers need no decoding. One pass over prompt and expected answer shows the most likely
/// token at every place of the answer; where all of them are the expected ones, decoding would have
/// taken the same way. Only the other items are decoded, in case the model spells the text with
/// other tokens. Both passes add in a different order, so a tie within rounding could fall either
/// way.
public final class Scorer {
  private static final int BATCH = 32;
  private static final char REPLACEMENT = '\ufffd';
  private static final String TEMPLATE_HASH = Digests.hash(List.of("prompt", "answer", "line"));

  private final Transformer transformer;
  private final Tokenizer tokenizer;
  private final Hooks hooks;
  private final Trace trace;

  /// Scores with a model as it is.
  ///
  /// @param transformer a causal model
  /// @param tokenizer its tokenizer
  public Scorer(Transformer transformer, Tokenizer tokenizer) {
    this(transformer, tokenizer, Hooks.NONE);
  }

  /// Scores with a model whose passes are changed by hooks, for instance ablated.
  ///
  /// @param transformer a causal model
  /// @param tokenizer its tokenizer
  /// @param hooks called in every pass
  public Scorer(Transformer transformer, Tokenizer tokenizer, Hooks hooks) {
    if (!transformer.config().block().causal()) {
      throw new IllegalArgumentException("a model that reads both ways does not continue prompts");
    }
    this.transformer = transformer;
    this.tokenizer = tokenizer;
    this.hooks = hooks;
    trace = transformer.trace(Trace.Keep.INFERENCE);
  }

  /// An item as token ids: `ids` is prompt, answer and end token.
  private record Encoded(CapabilityItem item, int place, int[] ids, int prompt) {}

  /// {@return one score for each capability, in the order of their first item}
  ///
  /// @param items what to ask, at least one
  /// @throws SuiteException if an item is longer than the model's context
  public List<Score> score(List<CapabilityItem> items) throws SuiteException {
    return measure(items).stream().map(Measurement::score).toList();
  }

  /// {@return what each item contributed, for each capability, in the order of their first item}
  ///
  /// @param items what to ask, at least one
  /// @throws SuiteException if an item is longer than the model's context
  public List<Measurement> measure(List<CapabilityItem> items) throws SuiteException {
    boolean[] right = right(items);
    Map<String, List<Integer>> places = new LinkedHashMap<>();
    for (int i = 0; i < right.length; i++) {
      places.computeIfAbsent(items.get(i).capability(), _ -> new ArrayList<>()).add(i);
    }
    List<Measurement> measured = new ArrayList<>();
    places.forEach((name, of) -> measured.add(measurement(name, items, right, of)));
    return measured;
  }

  private static Measurement measurement(
      String capability, List<CapabilityItem> items, boolean[] right, List<Integer> places) {
    double[] values = new double[places.size()];
    double[] weights = new double[places.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = right[places.get(i)] ? 1 : 0;
      weights[i] = 1;
    }
    String hash = Digests.hash(places.stream().map(i -> ItemJson.format(items.get(i))).toList());
    var protocol = new Protocol(Metric.EXACT_MATCH, 0, 0, TEMPLATE_HASH, hash);
    return new Measurement(capability, protocol, values, weights);
  }

  /// {@return for each item whether its answer was right}
  ///
  /// @param items what to ask
  /// @throws SuiteException if an item is longer than the model's context
  public boolean[] right(List<CapabilityItem> items) throws SuiteException {
    List<Encoded> encoded = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      encoded.add(encode(items.get(i), i));
    }
    encoded.sort(Comparator.comparingInt(e -> e.ids().length));
    boolean[] right = new boolean[items.size()];
    for (int from = 0; from < encoded.size(); from += BATCH) {
      follow(encoded.subList(from, Math.min(encoded.size(), from + BATCH)), right);
    }
    for (Encoded e : encoded) {
      right[e.place()] = right[e.place()] || decodesTo(e);
    }
    return right;
  }

  private Encoded encode(CapabilityItem item, int place) throws SuiteException {
    int[] prompt = tokenizer.encodePrompt(item.prompt());
    int[] answer = tokenizer.encode(item.answer());
    int end = tokenizer.endId().isPresent() ? 1 : 0;
    int[] ids = Arrays.copyOf(prompt, prompt.length + answer.length + end);
    System.arraycopy(answer, 0, ids, prompt.length, answer.length);
    if (end > 0) {
      ids[ids.length - 1] = tokenizer.endId().getAsInt();
    }
    int context = transformer.config().extents().positions();
    if (ids.length > context) {
      throw new SuiteException(
          "item \"%s\": expected at most the model's context of %d tokens, found %d"
              .formatted(item.id(), context, ids.length));
    }
    return new Encoded(item, place, ids, prompt.length);
  }

  /// Marks the items whose expected answer is the most likely one token by token.
  private void follow(List<Encoded> items, boolean[] right) {
    int length = items.getLast().ids().length;
    int[] ids = new int[items.size() * length];
    for (int b = 0; b < items.size(); b++) {
      System.arraycopy(items.get(b).ids(), 0, ids, b * length, items.get(b).ids().length);
    }
    Matrix logits = transformer.forward(new Batch(ids, items.size(), length), trace, hooks);
    for (int b = 0; b < items.size(); b++) {
      Encoded e = items.get(b);
      boolean same = tokenizer.endId().isPresent();
      for (int t = e.prompt(); t < e.ids().length; t++) {
        same &= mostLikely(logits, b * length + t - 1) == e.ids()[t];
      }
      right[e.place()] = same;
    }
  }

  private boolean decodesTo(Encoded e) {
    int answer = e.ids().length - e.prompt();
    int[] prompt = Arrays.copyOf(e.ids(), e.prompt());
    String expected = e.item().answer().strip();
    String text = decode(prompt, 2 * answer + 8, soFar -> mayBecome(soFar.strip(), expected));
    return text.strip().equals(expected);
  }

  /// {@return whether `text` is how `expected` begins; a character cut in half at the end counts as
  /// right}
  private static boolean mayBecome(String text, String expected) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == REPLACEMENT) {
      end--;
    }
    return expected.startsWith(text.substring(0, end));
  }

  /// {@return what the model writes behind a prompt, up to its end token or the end of the line}
  ///
  /// @param prompt text to continue
  /// @param maxTokens most tokens to write; the model's context is a limit too
  public String complete(String prompt, int maxTokens) {
    return decode(tokenizer.encodePrompt(prompt), maxTokens, _ -> true);
  }

  /// {@return the text written, cut short once `wanted` refuses what there is}
  private String decode(int[] prompt, int maxTokens, Predicate<String> wanted) {
    int context = transformer.config().extents().positions();
    int room = Math.min(maxTokens, context - prompt.length);
    var cache = new KvCache(transformer.config(), context);
    int[] written = new int[Math.max(0, room)];
    int[] next = prompt;
    String text = "";
    for (int count = 0; count < room; count++) {
      Matrix logits = transformer.extend(next, cache, trace, hooks);
      int id = mostLikely(logits, 0);
      if (tokenizer.endId().isPresent() && id == tokenizer.endId().getAsInt()) {
        break;
      }
      written[count] = id;
      text = tokenizer.decode(Arrays.copyOf(written, count + 1));
      int lineEnd = text.stripLeading().indexOf('\n');
      if (lineEnd >= 0) {
        return text.stripLeading().substring(0, lineEnd);
      }
      if (!wanted.test(text)) {
        break;
      }
      next = new int[] {id};
    }
    return text;
  }

  private static int mostLikely(Matrix logits, int row) {
    int best = 0;
    for (int c = 1; c < logits.cols(); c++) {
      if (logits.at(row, c) > logits.at(row, best)) {
        best = c;
      }
    }
    return best;
  }
}
