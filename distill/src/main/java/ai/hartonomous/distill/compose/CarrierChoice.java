package ai.hartonomous.distill.compose;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Decides which source carries which capability: as few sources as possible, each capability with
/// one that is as good at it as the best. As good means: the difference in right answers is at most
/// one standard error of it, `√(n₁ + n₂)`, where `n₁` and `n₂` count the items that only one of
/// both answers (McNemar, "Note on the sampling error of the difference between correlated
/// proportions", 1947). Few sources, because every expert brings embeddings of its own, and parts
/// that serve several capabilities count once.
final class CarrierChoice {
  private final List<Answers> sources;
  private final int capabilities;

  CarrierChoice(List<Answers> sources) {
    this.sources = sources;
    this.capabilities = sources.getFirst().capabilities().size();
  }

  /// {@return for each capability the number of its source; nothing if one can be asked of no
  /// source}
  Optional<int[]> choose() {
    Comparator<Integer> best =
        Comparator.<Integer>comparingInt(Integer::bitCount)
            .thenComparing(Comparator.<Integer>comparingInt(this::right).reversed())
            .thenComparingInt(this::components)
            .thenComparing(Comparator.naturalOrder());
    return IntStream.range(1, 1 << sources.size())
        .boxed()
        .filter(this::serves)
        .min(best)
        .map(set -> IntStream.range(0, capabilities).map(c -> carrier(set, c)).toArray());
  }

  /// {@return whether a set of sources, one bit for each, has a good one for every capability}
  private boolean serves(int set) {
    return IntStream.range(0, capabilities).allMatch(c -> carrier(set, c) >= 0);
  }

  /// {@return the source of a set with most right answers among those as good as the best of all;
  /// of equal ones that with fewer components, then the first; -1 if there is none}
  private int carrier(int set, int capability) {
    int best = -1;
    for (int s = 0; s < sources.size(); s++) {
      boolean inside = (set >> s & 1) == 1;
      if (inside && good(s, capability) && (best < 0 || better(s, best, capability))) {
        best = s;
      }
    }
    return best;
  }

  private boolean better(int one, int other, int capability) {
    int difference = count(one, capability) - count(other, capability);
    boolean smaller = sources.get(one).components() < sources.get(other).components();
    return difference > 0 || (difference == 0 && smaller);
  }

  private boolean good(int source, int capability) {
    boolean[] own = sources.get(source).capabilities().get(capability).right();
    if (own == null) {
      return false;
    }
    for (Answers rival : sources) {
      boolean[] theirs = rival.capabilities().get(capability).right();
      if (theirs != null && worse(own, theirs)) {
        return false;
      }
    }
    return true;
  }

  private static boolean worse(boolean[] own, boolean[] theirs) {
    int onlyOwn = 0;
    int onlyTheirs = 0;
    for (int i = 0; i < own.length; i++) {
      onlyOwn += own[i] && !theirs[i] ? 1 : 0;
      onlyTheirs += theirs[i] && !own[i] ? 1 : 0;
    }
    return onlyTheirs - onlyOwn > Math.sqrt(onlyOwn + onlyTheirs);
  }

  private int count(int source, int capability) {
    return sources.get(source).capabilities().get(capability).count();
  }

  private int right(int set) {
    return IntStream.range(0, capabilities).map(c -> count(carrier(set, c), c)).sum();
  }

  private int components(int set) {
    return IntStream.range(0, sources.size())
        .filter(s -> (set >> s & 1) == 1)
        .map(s -> sources.get(s).components())
        .sum();
  }
}
