package ai.hartonomous.distill.heal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// A Markov chain over the tokens of prompts: each next token is drawn from those that followed the
/// same {@link #ORDER} tokens in the prompts it learned from. What it draws looks like those
/// prompts over short distances and is mostly new. Source: Shannon, "A Mathematical Theory of
/// Communication", 1948, section 3.
final class PromptChain {
  /// Tokens that decide about the next one.
  static final int ORDER = 2;

  private static final int OUTSIDE = -1;

  private final Map<List<Integer>, List<Integer>> followers = new HashMap<>();

  PromptChain(List<int[]> prompts) {
    for (int[] prompt : prompts) {
      for (int t = 0; t <= prompt.length; t++) {
        int next = t == prompt.length ? OUTSIDE : prompt[t];
        followers.computeIfAbsent(state(prompt, t), _ -> new ArrayList<>()).add(next);
      }
    }
  }

  /// {@return a new prompt, cut off after `most` tokens}
  int[] draw(RandomGenerator random, int most) {
    int[] prompt = new int[most];
    int length = 0;
    while (length < most) {
      List<Integer> choices = followers.get(state(prompt, length));
      int next = choices == null ? OUTSIDE : choices.get(random.nextInt(choices.size()));
      if (next == OUTSIDE) {
        break;
      }
      prompt[length++] = next;
    }
    return Arrays.copyOf(prompt, length);
  }

  private static List<Integer> state(int[] prompt, int end) {
    Integer[] state = new Integer[ORDER];
    for (int i = 0; i < ORDER; i++) {
      int at = end - ORDER + i;
      state[i] = at < 0 ? OUTSIDE : prompt[at];
    }
    return List.of(state);
  }
}
