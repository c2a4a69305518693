package ai.hartonomous.distill.heal;

import ai.hartonomous.distill.importance.Example;
import ai.hartonomous.distill.importance.GreedyChoice;
import ai.hartonomous.model.transformer.Hooks;
import ai.hartonomous.model.transformer.KvCache;
import ai.hartonomous.model.transformer.Trace;
import ai.hartonomous.model.transformer.Transformer;
import ai.hartonomous.model.transformer.Transformer.Segment;
import ai.hartonomous.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// More items to learn from than a suite has: prompts that a {@link PromptChain} of the calibration
/// prompts draws, and the source's greedy answers to them. What it does not finish within the
/// length of the calibration answers is thrown away, and so is every prompt that the suite has, in
/// either part.
///
/// Learning from a teacher's own answers: Kim and Rush, "Sequence-Level Knowledge Distillation",
/// 2016, arXiv:1606.07947, section 3.2. Departs from it in that the prompts are invented, too.
public final class InventedItems {
  private static final int SEQUENCES = 64;

  private final Transformer source;
  private final Trace trace;
  private final PromptChain chain;
  private final Set<List<Integer>> excluded = new HashSet<>();
  private final int end;
  private final int longestPrompt;
  private final int longestAnswer;

  /// Learns the form of prompts and answers.
  ///
  /// @param source the model that answers
  /// @param calibration items to imitate; at least one. Their answers end with the same token
  /// @param excluded token ids of prompts that must not be used
  public InventedItems(Transformer source, List<Example> calibration, List<int[]> excluded) {
    this.source = source;
    trace = source.trace(Trace.Keep.INFERENCE);
    chain = new PromptChain(calibration.stream().map(Example::prompt).toList());
    excluded.forEach(ids -> this.excluded.add(key(ids)));
    int[] first = calibration.getFirst().targets();
    end = first[first.length - 1];
    longestPrompt = calibration.stream().mapToInt(e -> e.prompt().length).max().orElseThrow();
    longestAnswer = calibration.stream().mapToInt(Example::answerTokens).max().orElseThrow();
  }

  /// Invents items.
  ///
  /// @param count most items
  /// @param seed decides all choices
  /// @return at most `count` different items; fewer if prompts repeat or answers do not end
  /// @throws InterruptedException if the thread was interrupted between two tokens
  public List<Example> draw(int count, long seed) throws InterruptedException {
    var random = new SplittableRandom(seed);
    Set<List<Integer>> seen = new HashSet<>(excluded);
    List<int[]> prompts = new ArrayList<>();
    for (int tries = 0; tries < 4 * count && prompts.size() < count; tries++) {
      int[] prompt = chain.draw(random, longestPrompt);
      if (seen.add(key(prompt))) {
        prompts.add(prompt);
      }
    }
    List<Example> drawn = new ArrayList<>();
    for (int from = 0; from < prompts.size(); from += SEQUENCES) {
      drawn.addAll(answered(prompts.subList(from, Math.min(prompts.size(), from + SEQUENCES))));
    }
    return drawn;
  }

  private List<Example> answered(List<int[]> prompts) throws InterruptedException {
    List<Sequence> all = prompts.stream().map(Sequence::new).toList();
    List<Sequence> active = all;
    while (!active.isEmpty()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("inventing items");
      }
      Matrix logits =
          source.extend(active.stream().map(Sequence::segment).toList(), trace, Hooks.NONE);
      for (int s = 0; s < active.size(); s++) {
        active.get(s).append(GreedyChoice.of(logits, s));
      }
      active = active.stream().filter(Sequence::isActive).toList();
    }
    return all.stream().filter(Sequence::isDone).map(Sequence::example).toList();
  }

  private static List<Integer> key(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  /// One answer in the making.
  private final class Sequence {
    private final int[] prompt;
    private final int[] ids;
    private final KvCache cache;
    private int length;
    private int read;

    Sequence(int[] prompt) {
      this.prompt = prompt;
      int context = source.config().extents().positions();
      ids = Arrays.copyOf(prompt, Math.min(context, prompt.length + longestAnswer));
      length = prompt.length;
      cache = new KvCache(source.config(), ids.length);
    }

    Segment segment() {
      int[] unread = Arrays.copyOfRange(ids, read, length);
      read = length;
      return new Segment(unread, cache);
    }

    void append(int id) {
      ids[length++] = id;
    }

    boolean isActive() {
      return !isDone() && length < ids.length;
    }

    boolean isDone() {
      return length > prompt.length && ids[length - 1] == end;
    }

    Example example() {
      return Example.of(prompt, Arrays.copyOfRange(ids, prompt.length, length));
    }
  }
}
