package ai.hartonomous.model.generate;

import ai.hartonomous.model.generate.Generation.FinishReason;
import ai.hartonomous.model.generate.Generation.Timings;
import ai.hartonomous.model.tokenizer.TokenStream;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Matrix;
import java.time.Duration;
import java.util.Arrays;

/// Continues texts with one model, one at a time. Used by one thread at a time, like its
/// transformer.
public final class Generator {

  /// Tokens of a prompt that are read in one pass: enough to keep the kernels busy, few enough that
  /// the attention pattern stays small and an interrupt is noticed soon.
  private static final int CHUNK = 256;

  private final Transformer transformer;
  private final Tokenizer tokenizer;
  private final Trace trace;
  private final int choices;

  /// Something to hear about every token as it comes.
  @FunctionalInterface
  public interface Listener {

    /// Hears nothing.
    Listener NONE = (id, text) -> {};

    /// Called once for every new token, and once more at the end if text was held back.
    ///
    /// @param id the new token, or -1 for text that was held back
    /// @param text what may be shown now; may be empty, never holds half a character
    void accept(int id, String text);
  }

  /// Prepares.
  ///
  /// @param transformer the model
  /// @param tokenizer its vocabulary
  /// @throws IllegalArgumentException if the model does not predict its own tokens from left to
  ///   right
  public Generator(Transformer transformer, Tokenizer tokenizer) {
    ModelConfig config = transformer.config();
    ModelConfig.Extents extents = config.extents();
    if (!config.block().causal() || extents.outputs() != extents.vocabulary()) {
      throw new IllegalArgumentException(
          "a %s model with %d outputs for %d tokens does not write text"
              .formatted(config.family(), extents.outputs(), extents.vocabulary()));
    }
    this.transformer = transformer;
    this.tokenizer = tokenizer;
    trace = transformer.trace(Trace.Keep.INFERENCE);
    // Some models have more rows than tokens; those rows were never trained.
    choices = Math.min(extents.outputs(), tokenizer.vocabularySize());
  }

  /// Continues a prompt.
  ///
  /// @param request what to generate
  /// @param listener hears every token
  /// @return the whole
  /// @throws PromptTooLongException if the prompt fills the model's context
  /// @throws IllegalArgumentException if an id of the prompt lies outside the vocabulary
  /// @throws InterruptedException if the thread is interrupted; looked at before every pass
  public Generation generate(GenerationRequest request, Listener listener)
      throws InterruptedException {
    int[] prompt = request.prompt();
    int context = transformer.config().extents().positions();
    if (prompt.length >= context) {
      throw new PromptTooLongException(prompt.length, context);
    }
    int most = Math.min(request.maxTokens(), context - prompt.length);
    long start = System.nanoTime();
    var cache = new KvCache(transformer.config(), prompt.length + most);
    Matrix logits = read(prompt, cache);
    long begin = System.nanoTime();
    var run = new Run(request, listener, most);
    while (run.choose(logits)) {
      logits = pass(run.last(), cache);
    }
    run.finish();
    return new Generation(
        run.text.toString(),
        Arrays.copyOf(run.ids, run.count),
        run.reason,
        prompt.length,
        new Timings(Duration.ofNanos(begin - start), Duration.ofNanos(System.nanoTime() - begin)));
  }

  private Matrix read(int[] prompt, KvCache cache) throws InterruptedException {
    int at = 0;
    for (; prompt.length - at > CHUNK; at += CHUNK) {
      pass(Arrays.copyOfRange(prompt, at, at + CHUNK), cache);
    }
    return pass(Arrays.copyOfRange(prompt, at, prompt.length), cache);
  }

  private Matrix pass(int[] ids, KvCache cache) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("generation was cancelled");
    }
    return transformer.extend(ids, cache, trace, Hooks.NONE);
  }

  /// The state of one generation.
  private final class Run {

    private final GenerationRequest request;
    private final Listener listener;
    private final Sampler sampler;
    private final StopText stop;
    private final TokenStream stream;
    private final StringBuilder text = new StringBuilder();
    private final int[] ids;
    private int count;
    private FinishReason reason = FinishReason.LENGTH;

    Run(GenerationRequest request, Listener listener, int most) {
      this.request = request;
      this.listener = listener;
      sampler = new Sampler(request.sampling());
      stop = new StopText(request.stops());
      stream = new TokenStream(tokenizer, request.prompt());
      ids = new int[most];
    }

    /// Chooses the next token.
    ///
    /// @return whether another one is wanted
    boolean choose(Matrix logits) {
      int id = sampler.next(logits.data(), logits.offset(), choices);
      if (request.stopIds().contains(id)) {
        reason = FinishReason.STOP;
        return false;
      }
      ids[count++] = id;
      show(id, stop.next(stream.next(id)));
      if (stop.reached()) {
        reason = FinishReason.STOP;
        return false;
      }
      return count < ids.length;
    }

    int[] last() {
      return new int[] {ids[count - 1]};
    }

    /// Shows what was held back, unless a stop text came.
    void finish() {
      if (stop.reached()) {
        return;
      }
      String rest = stop.next(stream.finish());
      if (stop.reached()) {
        reason = FinishReason.STOP;
      } else {
        rest += stop.finish();
      }
      if (!rest.isEmpty()) {
        show(-1, rest);
      }
    }

    private void show(int id, String part) {
      text.append(part);
      listener.accept(id, part);
    }
  }
}
