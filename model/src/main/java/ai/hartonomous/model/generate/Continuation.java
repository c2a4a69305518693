package ai.hartonomous.model.generate;

import ai.hartonomous.model.constrain.Grammar;
import ai.hartonomous.model.generate.Generation.FinishReason;
import ai.hartonomous.model.generate.Generation.Timings;
import ai.hartonomous.model.tokenizer.TokenStream;
import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One text on its way: chooses tokens from logits, shows what is certain, knows when it ends.
final class Continuation {

  private final GenerationRequest request;
  private final Generator.Listener listener;
  private final int choices;
  private final Sampler sampler;
  private final StopText stop;
  private final TokenStream stream;
  private final StringBuilder text = new StringBuilder();
  private final List<TokenScore> scores = new ArrayList<>();
  private final List<TokenScore> promptScores = new ArrayList<>();
  private final List<Explanation> explanations = new ArrayList<>();
  private final int[] ids;
  private int count;
  private int cached;
  private FinishReason reason = FinishReason.LENGTH;

  /// Begins.
  ///
  /// @param request what to generate
  /// @param tokenizer the vocabulary
  /// @param choices tokens to choose from
  /// @param context tokens the model can read, prompt and answer together
  /// @param listener hears every token
  /// @throws PromptTooLongException if the prompt fills the context
  /// @throws IllegalArgumentException if no text of the grammar fits
  Continuation(
      GenerationRequest request,
      Tokenizer tokenizer,
      int choices,
      int context,
      Generator.Listener listener) {
    int length = request.prompt().length;
    boolean writes = request.maxTokens() > 0;
    if (length > context || (length == context && writes)) {
      throw new PromptTooLongException(length, context);
    }
    this.request = request;
    this.listener = listener;
    this.choices = choices;
    sampler = new Sampler(request.sampling());
    stop = new StopText(request.stops(), request.unstopped());
    stream = new TokenStream(tokenizer, request.prompt());
    ids = new int[Math.min(request.maxTokens(), context - length)];
    Grammar grammar = request.sampling().grammar();
    if (writes && grammar != null && grammar.enoughTokens() > ids.length) {
      throw new IllegalArgumentException(
          "%d tokens cannot hold a text of %d".formatted(ids.length, grammar.enoughTokens()));
    }
  }

  /// {@return whether a token is wanted at all}
  boolean writes() {
    return ids.length > 0;
  }

  /// {@return most tokens of prompt and answer together}
  int mostTokens() {
    return request.prompt().length + ids.length;
  }

  /// Notes how many tokens of the prompt had been read before.
  void readBefore(int tokens) {
    cached = tokens;
  }

  /// Scores tokens of the prompt.
  ///
  /// @param from place of the first token that was read in this pass
  /// @param logits one row for each of the tokens from there on
  void scorePrompt(int from, Matrix logits) {
    int[] prompt = request.prompt();
    for (int r = 0; r < logits.rows() && from + r + 1 < prompt.length; r++) {
      promptScores.add(score(logits, r, prompt[from + r + 1]));
    }
  }

  private TokenScore score(Matrix logits, int row, int id) {
    return TokenScore.of(
        logits.data(), logits.rowOffset(row), choices, id, request.scores().alternatives());
  }

  /// Chooses the next token.
  ///
  /// @param logits of the model
  /// @param row the row to choose from
  /// @param contributions of the pass that made it, or null for no explanation
  /// @return whether another one is wanted
  boolean choose(Matrix logits, int row, @Nullable Contributions contributions) {
    int id = sampler.next(logits.data(), logits.rowOffset(row), choices, ids.length - count);
    if (id >= 0 && request.scores().wanted()) {
      scores.add(score(logits, row, id));
    }
    if (id < 0 || request.stopIds().contains(id)) {
      end(id);
      return false;
    }
    ids[count++] = id;
    boolean whole = sampler.accept(id);
    if (contributions != null) {
      explanations.add(contributions.explain(id, logits.at(row, id)));
    }
    show(id, stop.next(stream.next(id)));
    if (whole || stop.reached()) {
      reason = FinishReason.STOP;
      return false;
    }
    return count < ids.length;
  }

  /// Ends with a stop token, which is no part of the text: only its score is shown.
  private void end(int id) {
    reason = FinishReason.STOP;
    if (id >= 0 && request.scores().wanted()) {
      show(id, "");
    }
  }

  /// {@return the token chosen last}
  int last() {
    return ids[count - 1];
  }

  /// {@return all tokens so far, prompt first}
  int[] read() {
    int[] prompt = request.prompt();
    int[] all = Arrays.copyOf(prompt, prompt.length + count);
    System.arraycopy(ids, 0, all, prompt.length, count);
    return all;
  }

  /// Shows what was held back, unless a stop text came.
  ///
  /// @param timings how long it took
  /// @return the whole
  Generation finish(Timings timings) {
    if (!stop.reached()) {
      String rest = stop.next(stream.finish());
      if (!stop.reached()) {
        rest += stop.finish();
      }
      if (stop.reached()) {
        reason = FinishReason.STOP;
      }
      if (!rest.isEmpty()) {
        show(-1, rest);
      }
    }
    var prompt = new Generation.Prompt(request.prompt().length, cached, promptScores);
    return new Generation(
        text.toString(), Arrays.copyOf(ids, count), reason, prompt, timings, scores, explanations);
  }

  private void show(int id, String part) {
    text.append(part);
    boolean scored = id >= 0 && request.scores().wanted();
    listener.accept(new Piece(id, part, scored ? scores.getLast() : null, cached));
  }
}
