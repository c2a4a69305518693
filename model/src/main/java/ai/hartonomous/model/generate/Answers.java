package ai.hartonomous.model.generate;

import ai.hartonomous.model.tokenizer.Tokenizer;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Transformer.Segment;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/// Greedy answers to many prompts. Many sequences grow side by side, each with its own cache, so
/// that every pass is a product over many rows; where one ends, the next prompt takes its place.
/// The tokens are those of one prompt at a time. Used by one thread at a time.
public final class Answers {

  /// Sequences side by side that serve well: for a model of 0.9 million parameters, 64 need a third
  /// of the processor time that one alone needs, and 8 need half.
  public static final int USUAL_WIDTH = 64;

  private final Transformer transformer;
  private final int width;
  private final Trace trace;

  /// Prepares {@link #USUAL_WIDTH} sequences side by side.
  ///
  /// @param transformer a causal model whose outputs are its vocabulary
  public Answers(Transformer transformer) {
    this(transformer, USUAL_WIDTH);
  }

  /// Prepares.
  ///
  /// @param transformer a causal model whose outputs are its vocabulary
  /// @param width how many sequences grow side by side, at least 1
  public Answers(Transformer transformer, int width) {
    if (width < 1) {
      throw new IllegalArgumentException("width is %d, must be 1 or more".formatted(width));
    }
    this.transformer = transformer;
    this.width = width;
    trace = transformer.trace(Trace.Keep.INFERENCE);
  }

  /// One sequence on its way.
  private static final class Line {
    private final int index;
    private final KvCache cache;
    private final int[] ids;
    private int count;
    private int[] next;

    Line(int index, int[] prompt, KvCache cache, int most) {
      this.index = index;
      this.cache = cache;
      ids = new int[most];
      next = prompt;
    }
  }

  /// Continues every prompt with the likeliest tokens.
  ///
  /// @param prompts ids of each prompt, at least one each
  /// @param maxTokens most new tokens of each, at least 1; the model's context may end it sooner
  /// @param stopIds an answer ends with the first of these, which is its last token
  /// @return the new tokens of each prompt, in the order of the prompts
  /// @throws PromptTooLongException if a prompt fills the model's context
  /// @throws InterruptedException if the thread is interrupted
  public List<int[]> continuations(List<int[]> prompts, int maxTokens, BitSet stopIds)
      throws InterruptedException {
    return continuations(prompts, maxTokens, stopIds, transformer.config().extents().outputs());
  }

  private List<int[]> continuations(List<int[]> prompts, int maxTokens, BitSet stopIds, int choices)
      throws InterruptedException {
    int[][] answers = new int[prompts.size()][];
    Deque<Line> waiting = new ArrayDeque<>();
    for (int i = 0; i < answers.length; i++) {
      waiting.add(line(i, prompts.get(i), maxTokens));
    }
    List<Line> growing = new ArrayList<>();
    while (!waiting.isEmpty() || !growing.isEmpty()) {
      while (growing.size() < width && !waiting.isEmpty()) {
        growing.add(waiting.remove());
      }
      step(growing, stopIds, choices, answers);
    }
    return List.of(answers);
  }

  private Line line(int index, int[] prompt, int maxTokens) {
    int context = transformer.config().extents().positions();
    if (prompt.length >= context) {
      throw new PromptTooLongException(prompt.length, context);
    }
    int most = Math.min(maxTokens, context - prompt.length);
    return new Line(index, prompt, new KvCache(transformer.config(), prompt.length + most), most);
  }

  private void step(List<Line> growing, BitSet stopIds, int choices, int[][] answers)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("answering was cancelled");
    }
    List<Segment> segments =
        growing.stream().map(line -> new Segment(line.next, line.cache)).toList();
    Matrix logits = transformer.extend(segments, trace, Hooks.NONE);
    for (int s = 0; s < growing.size(); s++) {
      Line line = growing.get(s);
      int id = Sampler.likeliest(logits.data(), logits.rowOffset(s), choices);
      line.ids[line.count++] = id;
      line.next = new int[] {id};
      if (stopIds.get(id) || line.count == line.ids.length) {
        answers[line.index] = Arrays.copyOf(line.ids, line.count);
      }
    }
    growing.removeIf(line -> answers[line.index] != null);
  }

  /// Answers every prompt with the text up to the end token or the first line break.
  ///
  /// @param tokenizer the model's vocabulary
  /// @param prompts texts; the begin token is put before each where the model wants one
  /// @param maxTokens most new tokens of each
  /// @return the answer to each prompt, without end token and line break
  /// @throws PromptTooLongException if a prompt fills the model's context
  /// @throws InterruptedException if the thread is interrupted
  public List<String> answer(Tokenizer tokenizer, List<String> prompts, int maxTokens)
      throws InterruptedException {
    BitSet stops = new BitSet();
    GenerationRequest.endIds(tokenizer).forEach(stops::set);
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      if (tokenizer.token(id).indexOf('\n') >= 0) {
        stops.set(id);
      }
    }
    List<int[]> ids = prompts.stream().map(tokenizer::encodePrompt).toList();
    int choices = Math.min(tokenizer.vocabularySize(), transformer.config().extents().outputs());
    List<int[]> continuations = continuations(ids, maxTokens, stops, choices);
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      answers.add(text(tokenizer, ids.get(i), continuations.get(i)));
    }
    return answers;
  }

  /// {@return what `answer` adds to the text of `prompt`, up to the first line break}
  private static String text(Tokenizer tokenizer, int[] prompt, int[] answer) {
    int[] all = Arrays.copyOf(prompt, prompt.length + answer.length);
    System.arraycopy(answer, 0, all, prompt.length, answer.length);
    String before = tokenizer.decode(prompt);
    String text = tokenizer.decode(all).substring(before.length());
    int lineBreak = text.indexOf('\n');
    return lineBreak < 0 ? text : text.substring(0, lineBreak);
  }
}
