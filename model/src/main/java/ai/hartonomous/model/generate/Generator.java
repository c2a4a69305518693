package ai.hartonomous.model.generate;

import ai.hartonomous.model.generate.Generation.Timings;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Caches;
import ai.hartonomous.model.transformer.Mixture;
import ai.hartonomous.model.transformer.ModelConfig;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.tensor.Kernels;
import ai.hartonomous.tensor.Matrix;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// Continues texts, one at a time, with one model or several that are mixed. Used by one thread at
/// a time, like its transformer.
public final class Generator {

  /// Tokens of a prompt that are read in one pass: enough to keep the kernels busy, few enough that
  /// the attention pattern stays small and an interrupt is noticed soon.
  static final int CHUNK = 128;

  private final Mixture mixture;
  private final Voice voice;
  private final Kernels kernels;

  /// Something to hear about every token as it comes.
  @FunctionalInterface
  public interface Listener {

    /// Hears nothing.
    Listener NONE = _ -> {};

    /// Called once for every new token, and once more at the end if text was held back.
    ///
    /// @param piece the token and its text
    void accept(Piece piece);
  }

  /// Prepares.
  ///
  /// @param transformer the model
  /// @param tokenizer its vocabulary
  /// @throws IllegalArgumentException if the model does not predict its own tokens from left to
  ///   right
  public Generator(Transformer transformer, Tokenizer tokenizer) {
    this(List.of(transformer), Voice.of(transformer.model(), tokenizer), transformer.kernels());
  }

  /// Prepares one model or several that are mixed.
  ///
  /// @param voice who continues texts
  /// @param kernels computes; closed by its owner
  /// @throws IllegalArgumentException if a model does not predict its own tokens from left to right
  public Generator(Voice voice, Kernels kernels) {
    this(voice.models().stream().map(it -> new Transformer(it, kernels)).toList(), voice, kernels);
  }

  private Generator(List<Transformer> transformers, Voice voice, Kernels kernels) {
    mixture = new Mixture(transformers);
    this.kernels = kernels;
    this.voice = voice;
    voice.choices(); // refuses what does not write
  }

  /// {@return number of tokens to choose from}
  ///
  /// @throws IllegalArgumentException if the model does not predict its own tokens from left to
  ///   right
  static int choices(ModelConfig config, Tokenizer tokenizer) {
    ModelConfig.Extents extents = config.extents();
    if (!config.block().causal() || extents.outputs() != extents.vocabulary()) {
      throw new IllegalArgumentException(
          "a %s model with %d outputs for %d tokens does not write text"
              .formatted(config.family(), extents.outputs(), extents.vocabulary()));
    }
    // Some models have more rows than tokens; those rows were never trained.
    return Math.min(extents.outputs(), tokenizer.vocabularySize());
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
    long start = System.nanoTime();
    var text =
        new Continuation(request, voice.tokenizer(), voice.choices(), voice.context(), listener);
    var caches = Caches.of(voice.models(), text.mostTokens());
    var watch = new Watch(voice, request, kernels);
    Matrix logits = read(request, caches, text, watch);
    long begin = System.nanoTime();
    boolean more = text.writes() && text.choose(logits, logits.rows() - 1, watch.contributions());
    while (more) {
      logits = pass(new int[] {text.last()}, caches, watch);
      more = text.choose(logits, 0, watch.contributions());
    }
    Duration reading = Duration.ofNanos(begin - start);
    Duration writing = Duration.ofNanos(System.nanoTime() - begin);
    return text.finish(new Timings(Duration.ZERO, reading, writing));
  }

  private Matrix read(GenerationRequest request, Caches caches, Continuation text, Watch watch)
      throws InterruptedException {
    int[] prompt = request.prompt();
    for (int at = 0; ; at += CHUNK) {
      int[] ids = Arrays.copyOfRange(prompt, at, Math.min(prompt.length, at + CHUNK));
      Matrix logits;
      if (request.scores().prompt()) {
        var segment = new Mixture.Segment(ids, caches, voice.weights());
        logits = mixture.extendEach(segment, watch.hooks(0, ids.length));
        text.scorePrompt(at, logits);
      } else {
        logits = pass(ids, caches, watch);
      }
      if (at + CHUNK >= prompt.length) {
        return logits;
      }
    }
  }

  private Matrix pass(int[] ids, Caches caches, Watch watch) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("generation was cancelled");
    }
    var segment = new Mixture.Segment(ids, caches, voice.weights());
    return mixture.extend(List.of(segment), watch.hooks(0, ids.length));
  }
}
