package ai.hartonomous.model.generate;

import ai.hartonomous.model.generate.Generation.Timings;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One request of a {@link BatchGenerator} on its way. After it was queued, only the computing
/// thread touches it.
final class Sequence {

  private final Object owner;
  private final Model model;
  private final int[] prompt;
  private final boolean scoresPrompt;
  private final Continuation text;
  private final Watch watch;
  private final CompletableFuture<Generation> result = new CompletableFuture<>();
  private final long submitted = System.nanoTime();
  private long began;
  private long choosing;
  private @Nullable KvCache cache;
  private int cached;
  private boolean reading = true;
  private @Nullable Generation finished;

  Sequence(
      Object owner,
      Model model,
      Tokenizer tokenizer,
      GenerationRequest request,
      Generator.Listener listener) {
    this.owner = owner;
    this.model = model;
    prompt = request.prompt();
    scoresPrompt = request.scores().prompt();
    watch = new Watch(model, request);
    ModelConfig config = model.config();
    int choices = Generator.choices(config, tokenizer);
    int context = config.extents().positions();
    text = new Continuation(request, tokenizer, choices, context, listener);
  }

  Object owner() {
    return owner;
  }

  int[] prompt() {
    return prompt;
  }

  Model model() {
    return model;
  }

  CompletableFuture<Generation> result() {
    return result;
  }

  /// {@return bytes of keys and values when it is as long as it may become}
  long cacheBytes() {
    return KvCache.bytes(model.config(), text.mostTokens());
  }

  /// {@return tokens of two texts that are read in the same whole pieces}
  static int common(int[] a, int[] b) {
    int same = Arrays.mismatch(a, b);
    int length = same < 0 ? Math.min(a.length, b.length) : same;
    return length - length % Generator.CHUNK;
  }

  /// Begins, with what was read before of a text that begins alike.
  void begin(CacheBudget.@Nullable Kept likest) {
    began = System.nanoTime();
    ModelConfig config = model.config();
    int most = text.mostTokens();
    if (likest == null || scoresPrompt || !watch.changesNothing()) {
      cache = new KvCache(config, most);
      return;
    }
    // The last token of the prompt is always read: its logits choose the next.
    cached = common(likest.ids(), Arrays.copyOf(prompt, prompt.length - 1));
    cache = likest.cache().prefix(config, cached, most);
  }

  /// {@return whether some of the prompt is still to be read}
  boolean isReading() {
    return reading;
  }

  /// Reads the next piece of the prompt, and chooses the first token after its end.
  ///
  /// @return tokens that were read
  int read(Transformer transformer, Trace trace) {
    KvCache own = cache();
    int at = own.length();
    int[] ids = Arrays.copyOfRange(prompt, at, Math.min(prompt.length, at + Generator.CHUNK));
    Matrix logits;
    if (scoresPrompt) {
      logits = transformer.extendEach(ids, own, trace, hooks(0, ids.length));
      text.scorePrompt(at, logits);
    } else {
      logits = transformer.extend(ids, own, trace, hooks(0, ids.length));
    }
    if (own.length() == prompt.length) {
      reading = false;
      choosing = System.nanoTime();
      if (!text.writes()) {
        finish();
      } else {
        choose(logits, logits.rows() - 1);
      }
    }
    return ids.length;
  }

  /// {@return what to read next: the token chosen last}
  Transformer.Segment next() {
    return new Transformer.Segment(new int[] {text.last()}, cache());
  }

  /// {@return hooks for a pass in which rows `from` to `to` are this sequence's}
  Hooks hooks(int from, int to) {
    return watch.hooks(from, to);
  }

  /// Chooses the next token, or ends.
  void choose(Matrix logits, int row) {
    if (!text.choose(logits, row, watch.contributions())) {
      finish();
    }
  }

  private void finish() {
    var timings =
        new Timings(
            Duration.ofNanos(began - submitted),
            Duration.ofNanos(choosing - began),
            Duration.ofNanos(System.nanoTime() - choosing));
    finished = text.finish(cached, timings);
  }

  boolean hasEnded() {
    return finished != null || result.isDone();
  }

  /// Hands the whole to whoever waits for it, where there is one.
  void deliver() {
    if (finished != null) {
      result.complete(finished);
    }
  }

  void fail(RuntimeException failure) {
    result.completeExceptionally(failure);
  }

  void cancel() {
    result.cancel(false);
  }

  /// Leaves the whole pieces of the prompt that were read to prompts that begin alike.
  void keep(CacheBudget budget) {
    KvCache own = cache();
    int read = Math.min(prompt.length, own.length());
    int whole = read - read % Generator.CHUNK;
    if (whole > 0 && watch.changesNothing()) {
      int[] ids = Arrays.copyOf(prompt, whole);
      ModelConfig config = model.config();
      KvCache pieces = own.prefix(config, whole, whole);
      budget.keep(new CacheBudget.Kept(owner, model, ids, pieces, KvCache.bytes(config, whole)));
    }
  }

  private KvCache cache() {
    if (cache == null) {
      throw new IllegalStateException("not begun");
    }
    return cache;
  }
}
