package ai.hartonomous.interpret.transcoder.train;

import ai.hartonomous.tensor.SparseRows;
import java.util.Arrays;

/// Which latents have not been active for long, counted in tokens.
final class Activity {
  final long[] lastActive;

  /// Tokens seen so far, the only element.
  final long[] tokens = new long[1];

  private final long deadAfter;

  Activity(int latents, long deadAfter) {
    lastActive = new long[latents];
    this.deadAfter = deadAfter;
  }

  /// Counts a batch. An entry of value 0 is no activity.
  void count(SparseRows entries) {
    tokens[0] += entries.rows();
    for (int e = 0; e < entries.size(); e++) {
      if (entries.values()[e] > 0) {
        lastActive[entries.columns()[e]] = tokens[0];
      }
    }
  }

  /// {@return the dead latents, rising}
  int[] dead() {
    int[] dead = new int[lastActive.length];
    int count = 0;
    for (int i = 0; i < lastActive.length; i++) {
      if (tokens[0] - lastActive[i] >= deadAfter) {
        dead[count++] = i;
      }
    }
    return Arrays.copyOf(dead, count);
  }
}
