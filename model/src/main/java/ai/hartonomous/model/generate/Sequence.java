package ai.hartonomous.model.generate;

import ai.hartonomous.model.generate.Generation.Timings;
import ai.hartonomous.model.transformer.Caches;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.Mixture;
import ai.hartonomous.model.transformer.Model;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One request of a {@link BatchGenerator} on its way. After it was queued, only the computing
/// thread touches it.
final class Sequence {

  private final Owner owner;
  private final Voice voice;
  private final int[] prompt;
  private final boolean scoresPrompt;
  private final Continuation text;
  private final Watch watch;
  private final CompletableFuture<Generation> result = new CompletableFuture<>();
  private final long submitted = System.nanoTime();
  private long began;
  private long choosing;
  private @Nullable Caches caches;
  private boolean reading = true;
  private @Nullable Generation finished;

  Sequence(
      Owner owner,
      Voice voice,
      GenerationRequest request,
      Kernels kernels,
      Generator.Listener listener) {
    this.owner = owner;
    this.voice = voice;
    prompt = request.prompt();
    scoresPrompt = request.scores().prompt();
    watch = new Watch(voice, request, kernels);
    text = new Continuation(request, voice.tokenizer(), voice.choices(), voice.context(), listener);
  }

  /// {@return who has a share of places and memory}
  Object owner() {
    return owner.share();
  }

  /// {@return whose earlier prompts may be read on from}
  Object reader() {
    return owner.reader();
  }

  int[] prompt() {
    return prompt;
  }

  List<Model> models() {
    return voice.models();
  }

  CompletableFuture<Generation> result() {
    return result;
  }

  /// {@return bytes of keys and values when it is as long as it may become}
  long cacheBytes() {
    return Caches.bytes(models(), text.mostTokens());
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
    int most = text.mostTokens();
    if (likest == null || scoresPrompt || !watch.changesNothing()) {
      caches = Caches.of(models(), most);
      return;
    }
    // The last token of the prompt is always read: its logits choose the next.
    int cached = common(likest.ids(), Arrays.copyOf(prompt, prompt.length - 1));
    text.readBefore(cached);
    caches = likest.caches().prefix(models(), cached, most);
  }

  /// {@return whether some of the prompt is still to be read}
  boolean isReading() {
    return reading;
  }

  /// Reads the next piece of the prompt, and chooses the first token after its end.
  ///
  /// @return tokens that were read
  int read(Mixture mixture) {
    Caches own = caches();
    int at = own.length();
    int[] ids = Arrays.copyOfRange(prompt, at, Math.min(prompt.length, at + Generator.CHUNK));
    var segment = new Mixture.Segment(ids, own, voice.weights());
    Matrix logits;
    if (scoresPrompt) {
      logits = mixture.extendEach(segment, hooks(0, ids.length));
      text.scorePrompt(at, logits);
    } else {
      logits = mixture.extend(List.of(segment), hooks(0, ids.length));
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
  Mixture.Segment next() {
    return new Mixture.Segment(new int[] {text.last()}, caches(), voice.weights());
  }

  /// {@return hooks of each model for a pass in which rows `from` to `to` are this sequence's}
  List<Hooks> hooks(int from, int to) {
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
    finished = text.finish(timings);
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
    Caches own = caches();
    int read = Math.min(prompt.length, own.length());
    int whole = read - read % Generator.CHUNK;
    if (whole > 0 && watch.changesNothing()) {
      int[] ids = Arrays.copyOf(prompt, whole);
      Caches pieces = own.prefix(models(), whole, whole);
      long bytes = Caches.bytes(models(), whole);
      budget.keep(new CacheBudget.Kept(reader(), models(), ids, pieces, bytes));
    }
  }

  private Caches caches() {
    if (caches == null) {
      throw new IllegalStateException("not begun");
    }
    return caches;
  }
}
